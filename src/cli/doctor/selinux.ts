import type { Reading } from '../../core/reading.ts';
import { absent, present, unknown } from '../../core/reading.ts';
import type { Host, MonitorAnswer, MonitoredResource } from '../../ports/host.ts';
import { findExecutor } from './executor.ts';

/** What this node's SELinux means for the agent, as far as it could be seen. */
export interface SelinuxFacts {
  /** `absent`: this node has no SELinux, or it is disabled. */
  readonly mode: Reading<'enforcing' | 'permissive'>;
  /** Whose processes the agent's are; `absent`: Pacemaker does not run here. */
  readonly pacemakersContext: Reading<string>;
  /** What monitor says in this shell, and in Pacemaker's context; `absent`: not tried. */
  readonly trial: Reading<{ readonly here: MonitorAnswer; readonly there: MonitorAnswer }>;
}

const MODE_FILE = '/sys/fs/selinux/enforce';

/** @param resource what monitor is tried with; `undefined`: no ENI was named */
export async function lookAtSelinux(
  host: Host,
  isRoot: boolean,
  resource: MonitoredResource | undefined,
): Promise<SelinuxFacts> {
  const mode = await readMode(host);
  if (mode.state !== 'present') return { mode, pacemakersContext: absent, trial: absent };
  const pacemakersContext = await contextOfExecutor(host);
  const isWorthIt = mode.value === 'enforcing' && pacemakersContext.state === 'present';
  if (!isWorthIt) return { mode, pacemakersContext, trial: absent };
  if (!isRoot) return { mode, pacemakersContext, trial: unknown('only root can try it') };
  if (resource === undefined) return { mode, pacemakersContext, trial: unknown('no ENI was named') };
  const here = await host.monitor(resource, undefined);
  if (here.state !== 'present') return { mode, pacemakersContext, trial: here };
  const there = await host.monitor(resource, pacemakersContext.value);
  if (there.state !== 'present') return { mode, pacemakersContext, trial: there };
  return { mode, pacemakersContext, trial: present({ here: here.value, there: there.value }) };
}

async function readMode(host: Host): Promise<SelinuxFacts['mode']> {
  const file = await host.file(MODE_FILE);
  if (file.state === 'present') return present(file.value.trim() === '1' ? 'enforcing' : 'permissive');
  // A mount namespace can hide the file; what is confined all the same has a context.
  const own = await host.file('/proc/self/attr/current');
  const isConfined = own.state === 'present' && /^[^:\s]+:[^:\s]+:[^:\s]+/.test(own.value);
  return file.state === 'absent' && isConfined ? unknown(`there is no ${MODE_FILE} here`) : file;
}

async function contextOfExecutor(host: Host): Promise<Reading<string>> {
  const executor = await findExecutor(host);
  if (executor === undefined) return absent;
  const context = await host.file(`${executor}/attr/current`);
  return context.state === 'present' ? present(context.value.replace(/\0?\s*$/, '')) : context;
}

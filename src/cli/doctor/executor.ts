import type { Host } from '../../ports/host.ts';

/** What runs the agents: the latter is its name before Pacemaker 2. */
const NAMES = ['pacemaker-execd', 'lrmd'];

/** Its directory in /proc; `undefined`: Pacemaker does not run here. */
export async function findExecutor(host: Host): Promise<string | undefined> {
  for (const pid of (await host.names('/proc')).filter((name) => /^\d+$/.test(name))) {
    const name = await host.file(`/proc/${pid}/comm`);
    if (name.state === 'present' && NAMES.includes(name.value.trim())) return `/proc/${pid}`;
  }
  return undefined;
}

import type { Reading } from '../../core/reading.ts';
import type { Host, MonitoredResource } from '../../ports/host.ts';
import type { Check, Group } from './check.ts';
import { verdictsOf } from './check.ts';
import { checkEnvironment } from './check-environment.ts';
import { checkSelinux } from './check-selinux.ts';
import { lookAtEnvironments } from './environment.ts';
import { lookAtSelinux } from './selinux.ts';

/**
 * What the agent needs of the node itself.
 * @param resource what the agent is tried with where it has to be; `undefined`: no ENI was named
 */
export async function checkNode(
  host: Host,
  isRoot: boolean,
  resource: MonitoredResource | undefined,
): Promise<Group> {
  const root = verdictsOf('root', 'root');
  const [ip, flock, logger] = await Promise.all(
    ['ip', 'flock', 'logger'].map((name) => host.programVersion(name)),
  );
  return {
    title: 'This node',
    checks: [
      isRoot
        ? root.ok('run as root, as the agent is')
        : root.warning(
            'not run as root; the agent is',
            "what only root may look at is not checked: 'sudo aws-eni doctor'",
          ),
      program('iproute2', 'iproute2', ip, 'install iproute2; without it the agent can do nothing'),
      program('flock', 'flock', flock, 'install util-linux; without it start fails'),
      optional('logger', 'logger', logger),
      checkEnvironment(await lookAtEnvironments(host)),
      checkSelinux(await lookAtSelinux(host, isRoot, resource)),
    ],
  };
}

function program(id: string, title: string, found: Reading<string> | undefined, remedy: string): Check {
  const verdicts = verdictsOf(id, title);
  if (found === undefined || found.state === 'absent') return verdicts.failed('not installed', remedy);
  return found.state === 'unknown' ? verdicts.unknown(found.because) : verdicts.ok(found.value);
}

function optional(id: string, title: string, found: Reading<string> | undefined): Check {
  const verdicts = verdictsOf(id, title);
  if (found === undefined || found.state === 'absent') {
    return verdicts.warning(
      'not installed',
      'install it (util-linux, util-linux-systemd) to have the agent in syslog',
    );
  }
  return found.state === 'unknown' ? verdicts.unknown(found.because) : verdicts.ok(found.value);
}

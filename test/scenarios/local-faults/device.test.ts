import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { SandboxNode } from '../../sandbox/sandbox.ts';
import { SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import { callAgent } from '../agent.ts';
import { expectBare, expectServing } from '../expectations.ts';
import { placeProgram } from '../place-program.ts';
import { scenario } from '../scenario.ts';

/** Stands still once, before the first change or after it, until the test has done its part. */
const STOP_AT_CHANGE = (
  when: 'before' | 'after',
): string => `case "$*" in *-j*) exec /usr/sbin/ip "$@" ;; esac
mkdir /run/first 2> /dev/null || exec /usr/sbin/ip "$@"
input=$(cat)
[ ${when} = before ] || { echo "$input" | /usr/sbin/ip "$@"; code=$?; }
: > /run/at-change; while [ ! -e /run/go ]; do sleep 0.02; done
[ ${when} = after ] || { echo "$input" | /usr/sbin/ip "$@"; code=$?; }
exit $code`;

/** Gives the ENI's device another name before the first change, as udev may. */
const RENAME = `case "$*" in *-j*) exec /usr/sbin/ip "$@" ;; esac
mkdir /run/first 2> /dev/null || exec /usr/sbin/ip "$@"
input=$(cat)
name=$(/usr/sbin/ip -o link | sed -n 's/^[0-9]*: \\([^:@]*\\).*02:d4:e5:f6:07:18.*/\\1/p')
/usr/sbin/ip link set "$name" down; /usr/sbin/ip link set "$name" name renamed0
echo "$input" | /usr/sbin/ip "$@"`;

async function untilAtChange(node: SandboxNode): Promise<void> {
  while ((await node.exec('test', ['-e', '/run/at-change'])).exitCode !== 0) await pause(20);
}

describe('a device that does not stay', () => {
  scenario.for(['before', 'after'] as const)(
    'it vanishes %s the first change: the start fetches the ENI once more',
    async (when, { sandbox }) => {
      const { a } = sandbox.nodes;
      const environment = { PATH: await placeProgram(a, 'ip', STOP_AT_CHANGE(when)) };
      const starting = callAgent(sandbox, a, 'start', { environment });
      await untilAtChange(a);
      await sandbox.place(SERVICE_ENI, 'available');
      await a.exec('touch', ['/run/go']);
      const answer = await starting;
      expect(answer, answer.stderr).toMatchObject({ exitCode: 0 });
      await expectServing(sandbox, a);
    },
  );

  scenario(
    'its name changes between the look and the change: the start goes by the MAC',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      const environment = { PATH: await placeProgram(a, 'ip', RENAME) };
      const answer = await callAgent(sandbox, a, 'start', { environment });
      expect(answer, answer.stderr).toMatchObject({ exitCode: 0 });
      expect((await a.exec('ip', ['-o', 'link', 'show', 'renamed0'])).stdout).toContain('02:d4:e5:f6:07:18');
      await expectServing(sandbox, a);
      await a.exec('rmdir', ['/run/first']);
      // And once more, while stop takes the service off.
      await a.exec('sh', [
        '-ec',
        'ip link set renamed0 down; ip link set renamed0 name other0; ip link set other0 up',
      ]);
      expect(await callAgent(sandbox, a, 'stop', { environment })).toMatchObject({ exitCode: 0 });
      await expectBare(sandbox, a);
    },
  );

  scenario('it vanishes while stop takes the service off: stopped', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    const environment = { PATH: await placeProgram(a, 'ip', STOP_AT_CHANGE('before')) };
    const stopping = callAgent(sandbox, a, 'stop', { environment });
    await untilAtChange(a);
    await sandbox.place(SERVICE_ENI, 'available');
    await a.exec('touch', ['/run/go']);
    expect(await stopping).toMatchObject({ exitCode: 0 });
    await expectBare(sandbox, a);
  });
});

import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { SandboxNode } from '../../sandbox/sandbox.ts';
import type { Answer } from '../agent.ts';
import { callAgent } from '../agent.ts';
import { expectBare, expectServing, holderOf } from '../expectations.ts';
import { placeProgram } from '../place-program.ts';
import { scenario } from '../scenario.ts';
import { callWell, runScript } from './try-fault.ts';

type Action = 'start' | 'stop';

const WAIT = ': > /run/at-change; while [ ! -e /run/go ]; do sleep 0.02; done';
/** Stands still at its first change until the test lets it go on: one that starts does not serve yet, one that stops no more. */
const standStill = (action: Action): string => `case "$*" in *-j*) exec /usr/sbin/ip "$@" ;; esac
mkdir /run/first 2> /dev/null || exec /usr/sbin/ip "$@"
${action === 'start' ? `${WAIT}; exec /usr/sbin/ip "$@"` : `/usr/sbin/ip "$@"; code=$?; ${WAIT}; exit $code`}`;

async function until(node: SandboxNode, test: string, isMoot = () => false): Promise<void> {
  while (!isMoot() && (await node.exec('sh', ['-c', test])).exitCode !== 0) await pause(20);
}

/** Which actions meet, and what is so when both have ended: what the last holder of the lock made. */
const meetings: readonly (readonly [Action, Action])[] = [
  ['start', 'start'],
  ['start', 'stop'],
  ['stop', 'start'],
  ['stop', 'stop'],
];

scenario.concurrent.for(meetings)(
  'a %s in the middle of its changes, then a %s: the second waits, and what it made is so',
  async ([first, second], { sandbox }) => {
    const { a, b } = sandbox.nodes;
    if (first === 'stop') await callWell(sandbox, a, 'start');
    const environment = { PATH: await placeProgram(a, 'ip', standStill(first)) };
    const one = callAgent(sandbox, a, first, { environment });
    await until(a, 'test -e /run/at-change');

    let [isLetGo, hasWaited] = [false, true];
    const other = callAgent(sandbox, a, second).finally(() => {
      hasWaited &&= isLetGo;
    });
    await until(a, 'ps -A -o args= | grep -q "^flock .*--wait"', () => !hasWaited);
    isLetGo = true;
    await runScript(a, 'touch /run/go');
    const answers: readonly Answer[] = await Promise.all([one, other]);
    for (const { exitCode, stderr } of answers) expect({ exitCode }, stderr).toEqual({ exitCode: 0 });
    expect(hasWaited).toBe(true);

    if (second === 'start') await expectServing(sandbox, a);
    else await expectBare(sandbox, a);
    await callWell(sandbox, b, 'start');
    await expectServing(sandbox, b);
  },
);

scenario.concurrent(
  'a second action that the first outlasts ends by itself, and changes nothing of the first’s',
  async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const environment = { PATH: await placeProgram(a, 'ip', standStill('start')) };
    const one = callAgent(sandbox, a, 'start', { environment });
    await until(a, 'test -e /run/at-change');
    const refused = await callAgent(sandbox, a, 'start', { timeoutMs: 2_000 });
    expect(refused).toMatchObject({
      exitCode: 1,
      reason: expect.stringMatching(
        /^could not get the lock \S+: another action on this resource still holds/,
      ),
    });
    await runScript(a, 'touch /run/go');
    expect(await one).toMatchObject({ exitCode: 0 });
    expect(await holderOf(sandbox)).toBe(a.instanceId);
    await expectServing(sandbox, a);
  },
);

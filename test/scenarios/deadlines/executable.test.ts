import { appendFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Call } from '../agent.ts';
import { callAgent, quick } from '../agent.ts';
import { expectServing } from '../expectations.ts';
import type { Ending, Expected, Hang } from './hang.ts';
import { hangingNeighbours } from './hanging-neighbours.ts';
import { hangingPrograms } from './hanging-programs.ts';
import { limitsMs, resourceOf } from './limits.ts';
import { silentServices } from './silent-services.ts';
import { expectInTime, latestEndMs, timeAction } from './time-action.ts';

const longestMs = Math.max(...limitsMs);
/** File for what was measured, a line each: ms before the promised end, ms before the limit, what. */
const measurements = process.env['AWS_ENI_MEASUREMENTS'];

test('the limits are numbers', () => {
  expect(limitsMs.every((limitMs) => limitMs >= 2_000)).toBe(true);
});

const limitsOf = ({ alsoMs }: Hang): readonly number[] => [
  ...new Set([...limitsMs, ...(alsoMs === undefined ? [] : [alsoMs])]),
];

test.concurrent.for([...silentServices, ...hangingPrograms, ...hangingNeighbours])(
  '$name',
  { timeout: 3 * (2 * longestMs + 60_000) },
  async (hang) => {
    const sandbox = await startSandbox({ latencies: quick });
    try {
      const { a, b } = sandbox.nodes;
      for (const action of ['monitor', 'start', 'stop'] as const) {
        if (hang.expected[action] !== undefined) await tryAction(sandbox, a, hang, action);
      }
      // What is left is a state from which the next actions go on.
      for (const node of [b, a]) {
        const { exitCode, stderr } = await callAgent(sandbox, node, 'start');
        expect({ exitCode }, stderr).toEqual({ exitCode: 0 });
        await expectServing(sandbox, node);
      }
      expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
      expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 7, stderr: '' });
      expect(await sandbox.violations()).toEqual([]);
    } finally {
      await sandbox.close();
    }
  },
);

/** One action under all limits, at once where they are not in each other's way. */
async function tryAction(
  sandbox: Sandbox,
  node: SandboxNode,
  hang: Hang,
  action: 'start' | 'stop' | 'monitor',
): Promise<void> {
  const all = limitsOf(hang);
  for (const limits of hang.inTurn === true ? all.map((limitMs) => [limitMs]) : [all]) {
    await prepare(sandbox, node, hang, action);
    const call = await hang.begin(sandbox, node);
    await Promise.all(limits.map((limitMs) => tryLimit(sandbox, node, { hang, call, action, limitMs })));
    await hang.end?.(sandbox, node);
  }
}

/** The service there for each of the resources, or for none. */
async function prepare(
  sandbox: Sandbox,
  node: SandboxNode,
  hang: Hang,
  action: 'start' | 'stop' | 'monitor',
): Promise<void> {
  const { served, expected } = hang;
  const isServed = action !== 'start' && (served === true || expected[action]?.exitCode === 0);
  const before = isServed ? 'start' : 'stop';
  for (const limitMs of limitsOf(hang)) {
    const { exitCode, stderr } = await callAgent(sandbox, node, before, { environment: named(limitMs) });
    expect({ before, exitCode }, stderr).toEqual({ before, exitCode: 0 });
  }
}

interface Trial {
  readonly hang: Hang;
  readonly call: Pick<Call, 'parameters' | 'environment'>;
  readonly action: 'start' | 'stop' | 'monitor';
  readonly limitMs: number;
}

/** From this limit on an action comes to where it hangs. */
const FAIR_MS = 5_000;
const OUT_OF_TIME = /out of time after \S+ s of \S+ s while /;

async function tryLimit(
  sandbox: Sandbox,
  node: SandboxNode,
  { hang, call, action, limitMs }: Trial,
): Promise<void> {
  const level: Record<string, string> = action === 'monitor' ? { OCF_CHECK_LEVEL: '10' } : {};
  const answer = await timeAction(sandbox, node, action, {
    ...call,
    environment: { ...call.environment, ...named(limitMs), ...level },
    timeoutMs: limitMs,
  });
  const what = `${action} of ${limitMs / 1_000} s, ${hang.name}`;
  await keep(`${latestEndMs(limitMs) - answer.tookMs} ${limitMs - answer.tookMs} ${what}\n`);
  expectInTime(answer, limitMs, what);
  const said = answer.reason || answer.stderr.replace(/^took .*$/m, '');
  const ending = endingOf(hang.expected[action], limitMs, said);
  expect({ what, exitCode: answer.exitCode }, answer.stderr).toEqual({ what, exitCode: ending?.exitCode });
  // Within seconds on a busy machine, whatever comes before the hang can have taken the time, and is what is told.
  if (limitMs < FAIR_MS && OUT_OF_TIME.test(said)) return;
  expect(said, what).toMatch(ending?.says ?? /./);
}

function endingOf(expected: Expected | undefined, limitMs: number, said: string): Ending | undefined {
  const { belowMs = 0, otherwise } = expected ?? {};
  return limitMs < belowMs && otherwise?.says.test(said) === true ? otherwise : expected;
}

async function keep(line: string): Promise<void> {
  if (measurements !== undefined) await appendFile(measurements, line);
}

function named(limitMs: number): Readonly<Record<string, string>> {
  return { OCF_RESOURCE_INSTANCE: resourceOf(limitMs) };
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { monitor } from '../../src/agent/monitor.ts';
import { reload } from '../../src/agent/reload.ts';
import { start } from '../../src/agent/start.ts';
import { stop } from '../../src/agent/stop.ts';
import type { Task } from '../../src/agent/task.ts';
import { validate } from '../../src/agent/validate.ts';
import type { FakeNode, FakeVpc } from '../fakes/fake-vpc.ts';
import { createFakeVpc } from '../fakes/fake-vpc.ts';
import type { Hang } from '../fakes/process.ts';
import { startProcess } from '../fakes/process.ts';

/** What is promised: half a second, or 5 % where that is more. */
const latestEndMs = (limitMs: number): number => limitMs - Math.max(500, 0.05 * limitMs);

const actions = {
  start: { action: start, on: 'a', served: false },
  takeover: { action: start, on: 'b', served: true },
  stop: { action: stop, on: 'a', served: true },
  'stop without a state': { action: stop, on: 'a', served: true },
  monitor: { action: (task: Task) => monitor(task, 0), on: 'a', served: true },
  'monitor, level 20': { action: (task: Task) => monitor(task, 20), on: 'a', served: true },
  'probe elsewhere': { action: (task: Task) => monitor(task, 0), on: 'b', served: true },
  reload: { action: reload, on: 'a', served: true },
  'validate-all, level 10': { action: (task: Task) => validate(task, 10), on: 'b', served: true },
} as const;

type Name = keyof typeof actions;

interface Ended {
  readonly tookMs: number;
  /** `undefined`: it went well. */
  readonly reason: string | undefined;
}

async function run(
  vpc: FakeVpc,
  node: FakeNode,
  limitMs: number,
  action: (task: Task) => Promise<unknown>,
  hang?: Hang,
): Promise<Ended> {
  const startedMs = vpc.clock.nowMs();
  let reason: string | undefined;
  try {
    await vpc.clock.run(startProcess(node.task({}, limitMs), action, hang).result);
  } catch (error) {
    ({ message: reason } = error as Error);
  }
  return { tookMs: vpc.clock.nowMs() - startedMs, reason };
}

const names = fc.constantFrom(...(Object.keys(actions) as Name[]));
const limitsMs = fc.integer({ min: 2_000, max: 600_000 });

test('an action whose so-manieth call never comes back ends in time and says what it waits for; the next goes on', {
  timeout: 120_000,
}, async () => {
  const stuck = new Map<Name, number>();
  const property = fc.asyncProperty(names, limitsMs, fc.nat(30), async (name, limitMs, hangsAtCall) => {
    const { action, on, served } = actions[name];
    const vpc = createFakeVpc();
    const patientMs = 180_000;
    if (served) expect(await run(vpc, vpc.a, patientMs, start)).toMatchObject({ reason: undefined });
    if (name === 'stop without a state') vpc.a.state = undefined;

    const { tookMs, reason } = await run(vpc, vpc[on], limitMs, action, { hangsAtCall });
    expect(tookMs).toBeLessThanOrEqual(latestEndMs(limitMs));
    if (reason !== undefined) {
      expect(reason).toMatch(
        /^out of time after \d+\.\d s of [\d.]+ s while .+; the next action goes on from here/,
      );
      stuck.set(name, (stuck.get(name) ?? 0) + 1);
    }

    for (const [node, next] of [
      [vpc.b, start],
      [vpc.a, start],
      [vpc.b, stop],
      [vpc.a, stop],
    ] as const) {
      expect(await run(vpc, node, patientMs, next)).toMatchObject({ reason: undefined });
    }
  });
  await fc.assert(property, { numRuns: 1_000 });
  // A property that nothing gets stuck in would say nothing.
  expect([...stuck.keys()].toSorted()).toEqual(Object.keys(actions).toSorted());
});

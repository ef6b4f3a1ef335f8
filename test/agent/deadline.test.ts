import { expect, test } from 'vitest';
import { attempt } from '../../src/agent/attempt.ts';
import type { Deadline } from '../../src/agent/deadline.ts';
import { persist } from '../../src/agent/persist.ts';
import { start } from '../../src/agent/start.ts';
import type { Task } from '../../src/agent/task.ts';
import { AgentError, OutOfTime } from '../../src/core/failure.ts';
import type { FakeVpc } from '../fakes/fake-vpc.ts';
import { createFakeVpc, nodeA } from '../fakes/fake-vpc.ts';
import { startProcess } from '../fakes/process.ts';

const LIMIT_MS = 11_000;

const never = new Promise<never>(() => undefined);
const refused = new AgentError('transient', 'EC2 does not answer');

/** The reason of an action that never ends by itself. */
async function reasonOf(work: (task: Task, vpc: FakeVpc) => Promise<unknown>): Promise<string> {
  const vpc = createFakeVpc();
  const task = vpc.a.task({}, LIMIT_MS);
  const ended = vpc.clock.run(
    startProcess(task, async (mortal) => {
      await work(mortal, vpc);
      return never;
    }).result,
  );
  return ended.then(
    () => 'it went well',
    (error: Error) => / while (.*); the next action/.exec(error.message)?.[1] ?? error.message,
  );
}

/** Passes the time with one thing after the other. */
async function pass(
  { deadline, ports }: { readonly deadline: Deadline; readonly ports: Task['ports'] },
  activities: readonly (readonly [activity: string, ms: number])[],
): Promise<void> {
  for (const [activity, ms] of activities) {
    deadline.doing(activity);
    await ports.clock.sleep(ms);
  }
}

test('a wait that was cut off in the middle of a short look is what is blamed', async () => {
  const reason = await reasonOf((task) =>
    pass(task, [
      ['waiting', 9_000],
      ['looking', 100],
      ['waiting', 800],
      ['looking', 100],
    ]),
  );
  expect(reason).toBe('waiting');
});

test('what comes back in pieces counts as a whole', async () => {
  const pieces = [
    ['waiting', 1_500],
    ['looking', 1_000],
  ] as const;
  const reason = await reasonOf((task) => pass(task, [['once', 2_000], ...pieces, ...pieces, ...pieces]));
  expect(reason).toBe('waiting and looking');
});

test('what took nearly as long is named as well, in the order in which it began', async () => {
  expect(
    await reasonOf((task) =>
      pass(task, [
        ['first', 4_000],
        ['second', 6_000],
      ]),
    ),
  ).toBe('first and second');
  expect(
    await reasonOf((task) =>
      pass(task, [
        ['first', 3_000],
        ['second', 7_000],
      ]),
    ),
  ).toBe('second');
});

test('of what is done at the same time, what goes on takes the time', async () => {
  const reason = await reasonOf(async (task) => {
    task.deadline.doing('starting');
    await Promise.all([
      persist(task, 'asking one', () => never),
      persist(task, 'asking another', () => task.ports.clock.sleep(300)),
    ]);
  });
  expect(reason).toBe('asking one');
});

test('a start that waits for a device blames that, whichever look at EC2 its end comes in', async () => {
  for (let spareMs = 0; spareMs < 400; spareMs += 20) {
    const vpc = createFakeVpc();
    vpc.world.hang(0, nodeA);
    const started = vpc.clock.run(startProcess(vpc.a.task({}, 20_000 + spareMs), start).result);
    await expect(started).rejects.toThrow(
      /^out of time after 1\d\.\d s of 20\.?\d* s while waiting for the kernel to show a device with MAC \S+: EC2 says that eni-\S+ is attach\w+ here; the next action/,
    );
  }
});

test('what was said against a call stays, when the end cuts the next one off', async () => {
  const calls = [refused, new OutOfTime('describing it', 17, undefined)];
  const vpc = createFakeVpc();
  const task = vpc.a.task({}, LIMIT_MS);
  const work = startProcess(task, () =>
    persist(task, 'finding it', async () => {
      await vpc.clock.sleep(4_000);
      throw calls.shift() ?? (await never);
    }),
  );
  await expect(vpc.clock.run(work.result)).rejects.toThrow('while finding it: EC2 does not answer; the next');
  expect(vpc.a.said).toEqual(['EC2 does not answer; trying again']);
});

test.each([
  ['persist', (task: Task, call: () => Promise<never>) => persist(task, 'finding it', call)],
  ['attempt', (task: Task, call: () => Promise<never>) => attempt(task, [1].values(), 'finding it', call)],
])('%s: a call that the end cut off is not told as a failure', async (_, run) => {
  const vpc = createFakeVpc();
  const task = vpc.a.task({}, LIMIT_MS);
  let cutOffs = 0;
  const work = startProcess(task, async () => {
    await run(task, async () => {
      await vpc.clock.sleep(task.deadline.remainingMs() - 5);
      cutOffs += 1;
      throw new OutOfTime('describing it', 17, undefined);
    });
    return never;
  });
  await expect(vpc.clock.run(work.result)).rejects.toThrow(/ while finding it; the next action goes on/);
  expect(cutOffs).toBeGreaterThan(0);
  expect(vpc.a.said).toEqual([]);
});

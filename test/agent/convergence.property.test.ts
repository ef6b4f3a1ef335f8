import fc from 'fast-check';
import { expect, test } from 'vitest';
import { monitor } from '../../src/agent/monitor.ts';
import { start } from '../../src/agent/start.ts';
import { stop } from '../../src/agent/stop.ts';
import type { Task } from '../../src/agent/task.ts';
import { AgentError } from '../../src/core/failure.ts';
import type { Change } from '../../src/core/kernel.ts';
import type { FakeNode, FakeVpc } from '../fakes/fake-vpc.ts';
import { createFakeVpc, eniId, nodeA, nodeB } from '../fakes/fake-vpc.ts';
import { startProcess } from '../fakes/process.ts';

/** What may have happened before; each step on node A or B. */
type Past =
  | { readonly did: 'start' | 'stop'; readonly on: 'a' | 'b'; readonly cutAfterMs: number | undefined }
  | { readonly did: 'lose'; readonly on: 'a' | 'b'; readonly part: 'rule' | 'routes' | 'link' | 'state' }
  | { readonly did: 'hang' | 'unhang'; readonly on: 'a' | 'b' }
  | {
      readonly did: 'miss';
      readonly on: 'a' | 'b';
      readonly call: 'find' | 'attach' | 'detach';
      readonly when: 'before' | 'after';
    };

const node = fc.constantFrom('a' as const, 'b' as const);
const pasts: fc.Arbitrary<readonly Past[]> = fc.array(
  fc.oneof(
    fc.record({
      did: fc.constantFrom('start' as const, 'stop' as const),
      on: node,
      cutAfterMs: fc.option(fc.integer({ min: 0, max: 6_000 }), { nil: undefined }),
    }),
    fc.record({
      did: fc.constant('lose' as const),
      on: node,
      part: fc.constantFrom('rule' as const, 'routes' as const, 'link' as const, 'state' as const),
    }),
    fc.record({ did: fc.constantFrom('hang' as const, 'unhang' as const), on: node }),
    fc.record({
      did: fc.constant('miss' as const),
      on: node,
      call: fc.constantFrom('find' as const, 'attach' as const, 'detach' as const),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  ),
  { maxLength: 6 },
);

const run = <T>(vpc: FakeVpc, task: Task, action: (task: Task) => Promise<T>): Promise<T> =>
  vpc.clock.run(startProcess(task, action).result);

/** An action that Pacemaker killed. */
async function cut(
  vpc: FakeVpc,
  on: FakeNode,
  action: (task: Task) => Promise<void>,
  afterMs: number,
): Promise<void> {
  const { result, kill } = startProcess(on.task(), action);
  result.catch(() => undefined);
  await vpc.clock.run(vpc.clock.sleep(afterMs));
  kill();
}

async function happen(vpc: FakeVpc, past: Past): Promise<void> {
  const on = vpc[past.on];
  const nowMs = vpc.clock.nowMs();
  switch (past.did) {
    case 'start':
    case 'stop': {
      const action = past.did === 'start' ? start : stop;
      if (past.cutAfterMs !== undefined) await cut(vpc, on, action, past.cutAfterMs);
      else await run(vpc, on.task({ forceAfter: 3_000 }), action).catch(() => undefined);
      break;
    }
    case 'lose':
      lose(on, past.part);
      break;
    case 'hang':
      vpc.world.hang(nowMs, on.id);
      break;
    case 'unhang':
      vpc.world.unhang(nowMs, on.id);
      break;
    case 'miss':
      on.ec2.fail({ call: past.call, when: past.when, error: new AgentError('transient', 'no answer') });
      break;
    default:
      past satisfies never;
  }
}

function lose(on: FakeNode, part: 'rule' | 'routes' | 'link' | 'state'): void {
  const { devices, rules, routes } = on.kernel.look(100);
  const device = devices.find(({ mac }) => mac === '02:00:0a:02:00:0a')?.name;
  const changes: Readonly<Record<typeof part, readonly Change[]>> = {
    rule: rules.map((rule) => ({ do: 'delete-rule', rule })),
    routes: routes.map((route) => ({ do: 'delete-route', route, table: 100 })),
    link: device === undefined ? [] : [{ do: 'set-link', device, up: false }],
    state: [],
  };
  if (part === 'state') on.state = undefined;
  for (const change of changes[part]) on.kernel.force(change);
}

const holder = (vpc: FakeVpc): string | undefined =>
  vpc.world.actual(vpc.clock.nowMs()).enis[eniId]?.attachment?.instanceId;

test('whatever happened before, a start ends with this node serving, and a stop with nothing left', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(pasts, node, async (past, on) => {
      const vpc = createFakeVpc();
      for (const one of past) await happen(vpc, one);
      for (const id of [nodeA, nodeB]) vpc.world.unhang(vpc.clock.nowMs(), id);
      const here = vpc[on];
      const settings = { forceAfter: 3_000 };

      await run(vpc, here.task(settings), start);
      expect(await run(vpc, here.task(), (task) => monitor(task, 0))).toBe('running');
      expect(holder(vpc)).toBe(here.id);

      const calls = here.ec2.calls.length;
      await run(vpc, here.task(settings), start);
      expect(here.ec2.calls.length).toBe(calls);

      await run(vpc, here.task(settings), stop);
      expect(await run(vpc, here.task(), (task) => monitor(task, 0))).toBe('stopped');
      const { rules, routes } = here.kernel.look(100);
      expect({ rules, routes, state: here.state }).toEqual({ rules: [], routes: [], state: undefined });
    }),
    { numRuns: 1_500 },
  );
});

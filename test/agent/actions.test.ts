import { describe, expect, test } from 'vitest';
import { monitor } from '../../src/agent/monitor.ts';
import { reload } from '../../src/agent/reload.ts';
import { start } from '../../src/agent/start.ts';
import { stop } from '../../src/agent/stop.ts';
import type { Task } from '../../src/agent/task.ts';
import { AgentError } from '../../src/core/failure.ts';
import type { NetworkInterfaces } from '../../src/ports/agent.ts';
import type { FakeNode, FakeVpc } from '../fakes/fake-vpc.ts';
import { createFakeVpc, eniId, nodeA, nodeB } from '../fakes/fake-vpc.ts';
import { startProcess } from '../fakes/process.ts';

/** Of the fake EC2, one call. */
const CALL_MS = 80;

const outage = new AgentError('transient', 'EC2 does not answer');

function run<T>(vpc: FakeVpc, task: Task, action: (task: Task) => Promise<T>): Promise<T> {
  return vpc.clock.run(startProcess(task, action).result);
}
const health = (vpc: FakeVpc, node: FakeNode): Promise<string> =>
  run(vpc, node.task(), (task) => monitor(task, 0));
const holder = (vpc: FakeVpc): string | undefined =>
  vpc.world.actual(vpc.clock.nowMs()).enis[eniId]?.attachment?.instanceId;
/** The service's device, rules and routes in a node's kernel. */
const trace = (node: FakeNode): object => {
  const { devices, rules, routes } = node.kernel.look(100);
  return { device: devices.find(({ mac }) => mac === '02:00:0a:02:00:0a'), rules, routes };
};
const mutations = (node: FakeNode): readonly string[] =>
  node.ec2.calls.filter((call) => call === 'attach' || call === 'detach');

async function startedOn(node: 'a' | 'b'): Promise<FakeVpc> {
  const vpc = createFakeVpc();
  await run(vpc, vpc[node].task(), start);
  return vpc;
}

describe('start', () => {
  test('attaches a free ENI, and monitor agrees', async () => {
    const vpc = await startedOn('a');
    expect(holder(vpc)).toBe(nodeA);
    expect(await health(vpc, vpc.a)).toBe('running');
    expect(await health(vpc, vpc.b)).toBe('stopped');
  });

  test('a second one makes no call at all', async () => {
    const vpc = await startedOn('a');
    const before = vpc.a.ec2.calls.length;
    await run(vpc, vpc.a.task(), start);
    expect(vpc.a.ec2.calls.length).toBe(before);
  });

  test('takes the ENI from the other node within 8 calls and 5 % of what AWS takes', async () => {
    const vpc = await startedOn('a');
    const startedMs = vpc.clock.nowMs();
    await run(vpc, vpc.b.task(), start);
    // Two rounds of describes, the detach, the attach, and what happens between and after them, by the world's latencies.
    const awsMs = 80 + 80 + 40 + 2_500 + 40 + 1_500 + 1_000;
    expect(holder(vpc)).toBe(nodeB);
    expect(vpc.clock.nowMs() - startedMs).toBeLessThan(1.05 * awsMs);
    expect(vpc.b.ec2.calls.length).toBeLessThanOrEqual(8);
  });

  test('forces a holder that hangs after force_after, and then uses no index that this left unusable', async () => {
    const vpc = await startedOn('a');
    vpc.world.hang(vpc.clock.nowMs(), nodeA);
    await run(vpc, vpc.b.task({ forceAfter: 5_000 }), start);
    expect(holder(vpc)).toBe(nodeB);
    vpc.world.unhang(vpc.clock.nowMs(), nodeA);
    await run(vpc, vpc.a.task(), start);
    expect(vpc.world.actual(vpc.clock.nowMs()).enis[eniId]?.attachment).toMatchObject({
      instanceId: nodeA,
      deviceIndex: 2,
    });
  });

  describe('of a holder that hangs, in less time than force_after', () => {
    const hung = async (): Promise<FakeVpc> => {
      const vpc = await startedOn('a');
      vpc.world.hang(vpc.clock.nowMs(), nodeA);
      return vpc;
    };

    test('forces in time to serve', async () => {
      const vpc = await hung();
      await run(vpc, vpc.b.task({}, 20_000), start);
      expect(await health(vpc, vpc.b)).toBe('running');
      expect(vpc.b.said).toContainEqual(expect.stringMatching(/by force, .+ time limit/));
      expect(vpc.b.detaching).toBeUndefined();
    });

    test('says that it is too short; the next one goes on with the same detach, and forces it', async () => {
      const vpc = await hung();
      const tooShort = /force_after \(30 s\), which counts on in the next one/;
      const begunMs = vpc.clock.nowMs();
      await expect(run(vpc, vpc.b.task({}, 10_000), start)).rejects.toThrow(tooShort);
      await run(vpc, vpc.b.task(), stop);
      await run(vpc, vpc.b.task({}, 10_000), start);
      expect(vpc.clock.nowMs() - begunMs).toBeLessThan(20_000);
      expect(await health(vpc, vpc.b)).toBe('running');
    });

    test('what an earlier start had waited for one attachment counts for no other', async () => {
      const vpc = await hung();
      await expect(run(vpc, vpc.b.task({}, 15_000), start)).rejects.toThrow(/out of time/);
      const nowMs = vpc.clock.nowMs();
      vpc.world.place(nowMs, eniId, { attachedTo: nodeA, deviceIndex: 1 });
      const attachmentId = vpc.world.actual(nowMs).enis[eniId]?.attachment?.id ?? '';
      vpc.world.detach(nowMs, { caller: undefined, attachmentId });
      // Until describes show it.
      await vpc.clock.run(vpc.clock.sleep(3_000));
      await expect(run(vpc, vpc.b.task({}, 15_000), start)).rejects.toThrow(/out of time/);
      expect(vpc.b.said).not.toContainEqual(expect.stringContaining('by force'));
    });
  });

  test('forces an ENI that its holder is attaching for ever, whose detach EC2 refuses', async () => {
    const vpc = createFakeVpc();
    vpc.world.setLatencies(0, { attachMs: 3_600_000 });
    vpc.world.attach(0, { caller: nodeA, eniId, instanceId: nodeA, deviceIndex: 1 });
    vpc.world.setLatencies(0, { attachMs: 1_500 });
    const begunMs = vpc.clock.nowMs();
    await run(vpc, vpc.b.task(), start);
    expect(await health(vpc, vpc.b)).toBe('running');
    expect(vpc.clock.nowMs() - begunMs).toBeLessThan(30_000 + 15_000);
  });

  test('forces an ENI that is attached to its holder, once EC2 has refused to detach it for force_after', async () => {
    const vpc = await startedOn('a');
    const detach = vpc.b.ec2.detach.bind(vpc.b.ec2);
    const ec2: NetworkInterfaces = {
      ...vpc.b.ec2,
      detach: async (id, options) =>
        options.force ? detach(id, options) : { is: 'not-now', said: 'IncorrectState' },
    };
    const task = vpc.b.task();
    const begunMs = vpc.clock.nowMs();
    await run(vpc, { ...task, ports: { ...task.ports, networkInterfaces: () => ec2 } }, start);
    expect(await health(vpc, vpc.b)).toBe('running');
    expect(vpc.clock.nowMs() - begunMs).toBeGreaterThan(30_000);
  });

  test('an outage of EC2 is no refusal of the holder: its time begins when EC2 has answered', async () => {
    const vpc = await startedOn('a');
    const detach = vpc.b.ec2.detach.bind(vpc.b.ec2);
    const untilMs = vpc.clock.nowMs() + 60_000;
    const ec2: NetworkInterfaces = {
      ...vpc.b.ec2,
      detach: (id, options) => (vpc.clock.nowMs() < untilMs ? Promise.reject(outage) : detach(id, options)),
    };
    const task = vpc.b.task();
    await run(vpc, { ...task, ports: { ...task.ports, networkInterfaces: () => ec2 } }, start);
    expect(await health(vpc, vpc.b)).toBe('running');
    expect(vpc.b.said).not.toContainEqual(expect.stringContaining('by force'));
  });

  test('does not believe an old look at the kernel, when the device goes while it waits', async () => {
    const vpc = await startedOn('b');
    const takeover = startProcess(vpc.a.task(), start);
    takeover.result.catch(() => undefined);
    await vpc.clock.run(vpc.clock.sleep(460));
    takeover.kill();
    vpc.b.state = undefined;
    await run(vpc, vpc.b.task(), start);
    expect(await health(vpc, vpc.b)).toBe('running');
  });

  test('does not believe an old look at the kernel, when a rule goes while it waits for EC2', async () => {
    const vpc = await startedOn('a');
    vpc.a.state = undefined;
    const started = startProcess(vpc.a.task(), start).result;
    // In the middle of the first answer of EC2: the kernel has been looked at, the ENI is not known yet.
    await vpc.clock.run(vpc.clock.sleep(CALL_MS / 2));
    vpc.a.kernel.force({ do: 'delete-rule', rule: { priority: 100, from: '10.2.0.10/32', table: 100 } });
    await vpc.clock.run(started);
    expect(await health(vpc, vpc.a)).toBe('running');
  });

  test('does not dawdle after force: what it waited before does not stretch what it waits then', async () => {
    const vpc = await startedOn('a');
    vpc.world.hang(vpc.clock.nowMs(), nodeA);
    const begun = vpc.clock.nowMs();
    await run(vpc, vpc.b.task({ forceAfter: 30_000 }), start);
    expect(holder(vpc)).toBe(nodeB);
    expect(vpc.clock.nowMs() - begun).toBeLessThan(30_000 + 3_000 + 6_000);
  });

  test('asks EC2 ever less often for an ENI that is not released', async () => {
    const vpc = await startedOn('a');
    vpc.world.hang(vpc.clock.nowMs(), nodeA);
    await expect(run(vpc, vpc.b.task({ detachMode: 'graceful' }), start)).rejects.toThrow(/out of time/);
    expect(vpc.b.ec2.calls.length).toBeLessThan(150);
    await expect(run(vpc, vpc.a.task({ detachMode: 'graceful' }), stop)).resolves.toBeUndefined();
    expect(vpc.a.ec2.calls.length).toBeLessThan(150);
  });

  test('says so when EC2 keeps calling the configured index taken', async () => {
    const vpc = await startedOn('a');
    vpc.world.hang(vpc.clock.nowMs(), nodeA);
    await run(vpc, vpc.b.task({ forceAfter: 5_000 }), start);
    vpc.world.unhang(vpc.clock.nowMs(), nodeA);
    await expect(run(vpc, vpc.a.task({ deviceIndex: 1 }), start)).rejects.toMatchObject({
      kind: 'node',
      message: expect.stringContaining('stop and start the instance'),
    });
  });

  test('goes on by itself after an answer that was lost', async () => {
    const vpc = await startedOn('a');
    vpc.b.ec2.fail({ call: 'detach', when: 'after', error: outage });
    vpc.b.ec2.fail({ call: 'attach', when: 'after', error: outage });
    await run(vpc, vpc.b.task(), start);
    expect(holder(vpc)).toBe(nodeB);
    expect(await health(vpc, vpc.b)).toBe('running');
  });

  test('leaves the ENI with its holder when this instance may not attach it', async () => {
    const vpc = await startedOn('a');
    vpc.world.setPermissions(vpc.clock.nowMs(), nodeB, [
      'DescribeNetworkInterfaces',
      'DescribeInstances',
      'DescribeSubnets',
      'DetachNetworkInterface',
    ]);
    await expect(run(vpc, vpc.b.task(), start)).rejects.toMatchObject({ kind: 'permission' });
    expect(mutations(vpc.b)).toEqual([]);
    expect(await health(vpc, vpc.a)).toBe('running');
  });

  test('ends before its time with what it was waiting for', async () => {
    const vpc = await startedOn('a');
    vpc.world.hang(vpc.clock.nowMs(), nodeA);
    const begun = vpc.clock.nowMs();
    const refused = run(vpc, vpc.b.task({ detachMode: 'graceful' }, 20_000), start);
    await expect(refused).rejects.toThrow(
      /out of time after 18\.6 s of 20 s while .*release eni-0a1b2c3d4e5f60718 from i-0aaaaaaaaaaaaaaaa/,
    );
    expect(vpc.clock.nowMs() - begun).toBeLessThanOrEqual(19_000);
  });

  test('leaves half a second of a short time limit', async () => {
    const vpc = await startedOn('a');
    vpc.world.hang(vpc.clock.nowMs(), nodeA);
    const begun = vpc.clock.nowMs();
    await expect(run(vpc, vpc.b.task({}, 2_000), start)).rejects.toThrow(/out of time after 1\.1 s of 2 s/);
    expect(vpc.clock.nowMs() - begun).toBeLessThanOrEqual(1_500);
  });

  test('gives up when EC2 calls every device index taken', async () => {
    const vpc = createFakeVpc();
    const task = vpc.a.task();
    const taken: NetworkInterfaces = {
      ...vpc.a.ec2,
      attach: async () => ({ is: 'index-taken', said: 'taken' }),
    };
    const ports = { ...task.ports, networkInterfaces: () => taken };
    await expect(run(vpc, { ...task, ports }, start)).rejects.toMatchObject({
      kind: 'node',
      message: expect.stringContaining('every device index'),
    });
  });

  test('asks whether it may attach the ENI before it takes it from a holder that came while it looked', async () => {
    const vpc = createFakeVpc();
    const free = { caller: undefined, eniId, instanceId: nodeA, deviceIndex: 1 };
    vpc.world.attach(vpc.clock.nowMs(), free);
    await run(vpc, vpc.b.task(), start);
    const { calls } = vpc.b.ec2;
    expect(calls.indexOf('attach')).toBeLessThan(calls.indexOf('checkAttachAllowed'));
    expect(calls.indexOf('checkAttachAllowed')).toBeLessThan(calls.indexOf('detach'));
    expect(holder(vpc)).toBe(nodeB);
  });

  test('says after a second look that EC2 knows no such ENI', async () => {
    const vpc = createFakeVpc();
    await expect(run(vpc, vpc.a.task({ eniId: 'eni-0123456789abcdef0' }), start)).rejects.toMatchObject({
      kind: 'node',
    });
    expect(vpc.a.ec2.calls).toEqual(['find', 'find']);
  });
});

describe('stop', () => {
  test('leaves nothing, and the ENI free', async () => {
    const vpc = await startedOn('a');
    await run(vpc, vpc.a.task(), stop);
    expect(holder(vpc)).toBeUndefined();
    expect(trace(vpc.a)).toEqual({ device: undefined, rules: [], routes: [] });
    expect(vpc.a.state).toBeUndefined();
    expect(await health(vpc, vpc.a)).toBe('stopped');
  });

  test('twice', async () => {
    const vpc = await startedOn('a');
    await run(vpc, vpc.a.task(), stop);
    const before = mutations(vpc.a).length;
    await run(vpc, vpc.a.task(), stop);
    expect(mutations(vpc.a).length).toBe(before);
  });

  test('does not touch an ENI that another node holds', async () => {
    const vpc = await startedOn('a');
    await run(vpc, vpc.b.task(), stop);
    expect(mutations(vpc.b)).toEqual([]);
    expect(await health(vpc, vpc.a)).toBe('running');
  });

  test.each([
    ['isolate', 'resolves'],
    ['fail', 'rejects'],
  ] as const)(
    'while EC2 does not answer, stop_fallback=%s %s, and nothing serves any more',
    async (stopFallback, end) => {
      const vpc = await startedOn('a');
      for (let times = 0; times < 100; times += 1)
        vpc.a.ec2.fail({ call: 'find', when: 'before', error: outage });
      const stopping = run(vpc, vpc.a.task({ stopFallback }), stop);
      if (end === 'resolves') await expect(stopping).resolves.toBeUndefined();
      else await expect(stopping).rejects.toMatchObject({ kind: 'transient' });
      expect(trace(vpc.a)).toMatchObject({ device: { up: false, addresses: [] }, rules: [], routes: [] });
      expect(await health(vpc, vpc.a)).toBe('stopped');
      await run(vpc, vpc.b.task(), start);
      expect(await health(vpc, vpc.b)).toBe('running');
    },
  );

  test('after the device vanished takes away the rule that is left', async () => {
    const vpc = await startedOn('a');
    vpc.world.place(vpc.clock.nowMs(), eniId, 'available');
    await vpc.clock.run(vpc.clock.sleep(1));
    await run(vpc, vpc.a.task(), stop);
    expect(trace(vpc.a)).toEqual({ device: undefined, rules: [], routes: [] });
  });

  test('a refusal that nobody knows is told, and does not have a node fenced that serves no more', async () => {
    const vpc = await startedOn('a');
    vpc.a.ec2.fail({
      call: 'detach',
      when: 'before',
      error: new AgentError('bug', 'internal error: NewCode'),
    });
    await run(vpc, vpc.a.task(), stop);
    expect(trace(vpc.a)).toMatchObject({ device: { up: false, addresses: [] }, rules: [], routes: [] });
    expect(vpc.a.said.join()).toMatch(/is isolated but may still be attached here: internal error: NewCode/);
  });

  test('a refusal that nobody knows fails a stop that is to fail', async () => {
    const vpc = await startedOn('a');
    vpc.a.ec2.fail({
      call: 'detach',
      when: 'before',
      error: new AgentError('bug', 'internal error: NewCode'),
    });
    const stopping = run(vpc, vpc.a.task({ stopFallback: 'fail' }), stop);
    await expect(stopping).rejects.toMatchObject({ kind: 'bug' });
  });

  test('detach_on_stop=false leaves it attached and bare', async () => {
    const vpc = await startedOn('a');
    await run(vpc, vpc.a.task({ detachOnStop: false }), stop);
    expect(holder(vpc)).toBe(nodeA);
    expect(trace(vpc.a)).toMatchObject({ device: { up: false, addresses: [] }, rules: [], routes: [] });
    expect(await health(vpc, vpc.a)).toBe('stopped');
  });
});

describe('monitor', () => {
  test('one look at the kernel that fails is no failure, of a stop neither', async () => {
    const vpc = await startedOn('a');
    vpc.a.kernel.fail(2);
    expect(await health(vpc, vpc.a)).toBe('running');
    vpc.a.kernel.fail(2);
    await run(vpc, vpc.a.task(), stop);
    expect(trace(vpc.a)).toMatchObject({ rules: [], routes: [] });
  });

  test('a kernel that shows nothing for long is no reason to say anything of it', async () => {
    const vpc = createFakeVpc();
    vpc.a.kernel.fail(100);
    await expect(health(vpc, vpc.a)).rejects.toMatchObject({ kind: 'transient' });
    await expect(run(vpc, vpc.a.task(), stop)).rejects.toMatchObject({ kind: 'transient' });
  });

  test('without state and metadata service, what start left in the kernel tells enough', async () => {
    const vpc = await startedOn('a');
    vpc.a.state = undefined;
    vpc.a.metadata.setOn(false);
    expect(await health(vpc, vpc.a)).toBe('running');
    await run(vpc, vpc.a.task(), stop);
    expect(trace(vpc.a)).toMatchObject({ rules: [], routes: [] });
    expect(await health(vpc, vpc.a)).toBe('stopped');
  });

  test('asks nobody while the service is healthy', async () => {
    const vpc = await startedOn('a');
    const before = vpc.a.ec2.calls.length;
    expect(await health(vpc, vpc.a)).toBe('running');
    expect(vpc.a.ec2.calls.length).toBe(before);
  });

  test('at level 10 asks nobody about a node that does not serve', async () => {
    const vpc = await startedOn('a');
    const { devices, rules } = vpc.a.kernel.look(100);
    const device = devices.at(-1)?.name ?? '';
    for (const rule of rules) vpc.a.kernel.force({ do: 'delete-rule', rule });
    const address = { address: '10.2.0.10', prefixLength: 24 };
    vpc.a.kernel.force({ do: 'delete-address', device, address });
    vpc.a.kernel.force({ do: 'set-link', device, up: false });
    const before = vpc.a.ec2.calls.length;
    expect(await run(vpc, vpc.a.task(), (task) => monitor(task, 10))).toBe('stopped');
    expect(vpc.a.ec2.calls.length).toBe(before);
  });

  test('at level 10 believes EC2’s clear no, and not its silence', async () => {
    const vpc = await startedOn('a');
    const level10 = (): Promise<string> => run(vpc, vpc.a.task(), (task) => monitor(task, 10));
    expect(await level10()).toBe('running');
    vpc.a.ec2.fail({ call: 'find', when: 'before', error: outage });
    expect(await level10()).toBe('running');
    expect(vpc.a.said.join()).toContain('could not confirm');
    vpc.world.place(vpc.clock.nowMs(), eniId, 'available');
    await vpc.clock.run(vpc.clock.sleep(1));
    vpc.a.kernel.plug({ name: 'ghost', mac: '02:00:0a:02:00:0a' });
    await expect(level10()).rejects.toBeInstanceOf(AgentError);
  });
});

test('reload moves the rules to a new priority, without a moment without one', async () => {
  const vpc = await startedOn('a');
  await run(vpc, vpc.a.task({ rulePriority: 200 }), reload);
  expect(vpc.a.kernel.look(100).rules).toMatchObject([{ priority: 200, from: '10.2.0.10/32', table: 100 }]);
  await run(vpc, vpc.a.task({ rulePriority: 200 }), stop);
  expect(vpc.a.kernel.look(100).rules).toEqual([]);
});

test('reload moves to another table, and leaves nothing in the former one', async () => {
  const vpc = await startedOn('a');
  await run(vpc, vpc.a.task({ routingTableId: 150 }), reload);
  expect(vpc.a.kernel.look(100)).toMatchObject({ routes: [], rules: [{ table: 150 }] });
  expect(vpc.a.kernel.look(150).routes).toHaveLength(2);
  await run(vpc, vpc.a.task({ routingTableId: 150 }), stop);
  expect(vpc.a.kernel.look(150)).toMatchObject({ routes: [], rules: [] });
});

test('there is nothing to reload where nothing runs', async () => {
  const vpc = createFakeVpc();
  await expect(run(vpc, vpc.a.task(), reload)).rejects.toThrow(/nothing to reload/);
});

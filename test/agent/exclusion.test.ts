import { expect, test } from 'vitest';
import { reload } from '../../src/agent/reload.ts';
import { start } from '../../src/agent/start.ts';
import { stop } from '../../src/agent/stop.ts';
import type { Task } from '../../src/agent/task.ts';
import { AgentError } from '../../src/core/failure.ts';
import type { Mac } from '../../src/core/ids.ts';
import type { Settings } from '../../src/core/settings.ts';
import type { NetworkInterfaces, Ports } from '../../src/ports/agent.ts';
import type { FakeNode, FakeVpc } from '../fakes/fake-vpc.ts';
import { createFakeVpc, eniId, nodeA, serviceMac } from '../fakes/fake-vpc.ts';
import { startProcess } from '../fakes/process.ts';

const MAIN = 254;

function run(
  vpc: FakeVpc,
  action: (task: Task) => Promise<void>,
  difference: Partial<Settings> = {},
): Promise<void> {
  return vpc.clock.run(startProcess(vpc.a.task(difference), action).result);
}

/** An ENI that is attached, and whose device somebody has configured, its default route in the main table included. */
async function inSomebodysHands(): Promise<FakeVpc> {
  const vpc = createFakeVpc();
  vpc.world.attach(vpc.clock.nowMs(), { caller: undefined, eniId, instanceId: nodeA, deviceIndex: 1 });
  await vpc.clock.run(vpc.clock.sleep(10_000));
  const { kernel } = vpc.a;
  kernel.force({ do: 'set-link', device: 'eth1', up: true });
  kernel.force({ do: 'add-address', device: 'eth1', address: { address: '10.2.0.10', prefixLength: 24 } });
  const route = { to: '10.2.0.0/24', device: 'eth1' } as const;
  kernel.force({ do: 'replace-route', route, table: MAIN });
  kernel.force({
    do: 'replace-route',
    route: { to: '0.0.0.0/0', via: '10.2.0.1', device: 'eth1' },
    table: MAIN,
  });
  return vpc;
}

test('start tells the others before the device comes, and stop takes it back', async () => {
  const vpc = createFakeVpc();
  const { kernel, neighbours } = vpc.a;
  const toldWhenItCame: unknown[] = [];
  const unwatch = kernel.watch(() => {
    if (kernel.look(MAIN).devices.some(({ mac }) => mac === serviceMac))
      toldWhenItCame.push(neighbours.keptOff);
  });
  await run(vpc, start);
  unwatch();
  expect(toldWhenItCame[0]).toBe(serviceMac);
  expect(neighbours.keptOff).toBe(serviceMac);
  await run(vpc, stop);
  expect(neighbours.keptOff).toBeUndefined();
});

/** A start whose neighbours take `tellMs` to be told. @returns how long it took, and when attach was asked for */
async function timed(
  vpc: FakeVpc,
  node: FakeNode,
  tellMs: number,
): Promise<{ tookMs: number; attachMs: number }> {
  const { clock } = vpc;
  const [task, begunMs] = [node.task(), clock.nowMs()];
  let attachMs = Number.NaN;
  const ec2: NetworkInterfaces = {
    ...node.ec2,
    attach: (...request) => {
      attachMs = Number.isNaN(attachMs) ? clock.nowMs() - begunMs : attachMs;
      return node.ec2.attach(...request);
    },
  };
  const neighbours = {
    ...node.neighbours,
    keepOff: async (mac: Mac) => {
      await clock.sleep(tellMs);
      return node.neighbours.keepOff(mac);
    },
  };
  const ports = { ...task.ports, neighbours, networkInterfaces: () => ec2 };
  await clock.run(startProcess({ ...task, ports }, start).result);
  return { tookMs: clock.nowMs() - begunMs, attachMs };
}

test('a takeover takes no longer for it: they are told while EC2 releases the ENI', async () => {
  const took = async (tellMs: number): Promise<number> => {
    const vpc = createFakeVpc();
    await run(vpc, start);
    return (await timed(vpc, vpc.b, tellMs)).tookMs;
  };
  expect(await took(1_000)).toBe(await took(0));
});

test('an ENI that is free is not attached before they know', async () => {
  const vpc = createFakeVpc();
  expect((await timed(vpc, vpc.a, 1_000)).attachMs).toBeGreaterThanOrEqual(1_000);
});

test('a device in somebody’s hands is taken from them, with what they had put into the main table', async () => {
  const vpc = await inSomebodysHands();
  vpc.a.neighbours.hold('NetworkManager');
  await run(vpc, start);
  expect(vpc.a.kernel.look(MAIN).routes).toEqual([]);
  expect(vpc.a.kernel.look(100).routes).toHaveLength(2);
  expect(vpc.a.said).toContain(`took ${eniId} from NetworkManager`);
});

test('what somebody had put into the main table goes also where they hold the device no more', async () => {
  const vpc = await inSomebodysHands();
  await run(vpc, start);
  expect(vpc.a.kernel.look(MAIN).routes).toEqual([]);
});

test.each([{ exclusive: false }, { manageAddresses: false }])(
  'with %o nobody is told',
  async (difference) => {
    const vpc = await inSomebodysHands();
    vpc.a.neighbours.hold('NetworkManager');
    await run(vpc, start, difference);
    expect(vpc.a.neighbours.calls).toEqual(['letBack']);
    expect(vpc.a.kernel.look(MAIN).routes).toHaveLength(2);
  },
);

test('a neighbour that can’t be told is a warning, and no failure', async () => {
  const vpc = createFakeVpc();
  vpc.a.neighbours.disconnect("'udevadm control --reload' did not end within 5000 ms");
  await run(vpc, start);
  expect(vpc.a.said.filter((line) => line.includes('could not tell udev'))).toHaveLength(1);
  await run(vpc, stop);
});

test('what somebody put into the main table and can’t be looked at is a warning, and no failure', async () => {
  const vpc = await inSomebodysHands();
  const task = vpc.a.task();
  const routing: Ports['routing'] = {
    ...task.ports.routing,
    read: (table, families) =>
      table === MAIN
        ? Promise.reject(new AgentError('transient', 'no main table today'))
        : task.ports.routing.read(table, families),
  };
  await vpc.clock.run(startProcess({ ...task, ports: { ...task.ports, routing } }, start).result);
  expect(vpc.a.said).toContain(
    `no main table today; the main table may lead the node's own traffic by ${eniId}`,
  );
});

test('with exclusive=false, one that can’t be told goes on leaving the device alone, and that is said', async () => {
  const vpc = createFakeVpc();
  vpc.a.neighbours.disconnect('no bus');
  await run(vpc, start, { exclusive: false });
  expect(vpc.a.said.filter((line) => line.startsWith('could not tell udev'))).toEqual([
    'could not tell udev: no bus; it goes on leaving that device alone until this node boots',
  ]);
});

test('while the device stays here, stop lets nobody have it', async () => {
  const vpc = createFakeVpc();
  await run(vpc, start, { detachOnStop: false });
  await run(vpc, stop, { detachOnStop: false });
  expect(vpc.a.neighbours.keptOff).toBe(serviceMac);
});

test('a reload that has nothing new to tell the others takes nothing from them', async () => {
  const vpc = createFakeVpc();
  await run(vpc, start);
  vpc.a.neighbours.hold('wicked');
  const before = vpc.a.neighbours.calls.length;
  await run(vpc, reload, { rulePriority: 200 });
  expect(vpc.a.neighbours.calls.slice(before)).toEqual([]);
});

test('a reload makes a changed exclusive effective', async () => {
  const vpc = createFakeVpc();
  await run(vpc, start, { exclusive: false });
  await run(vpc, reload, { exclusive: true });
  expect(vpc.a.neighbours.keptOff).toBe(serviceMac);
  await run(vpc, reload, { exclusive: false });
  expect(vpc.a.neighbours.keptOff).toBeUndefined();
});

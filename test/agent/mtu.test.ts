import { describe, expect, test } from 'vitest';
import { monitor } from '../../src/agent/monitor.ts';
import { reload } from '../../src/agent/reload.ts';
import { start } from '../../src/agent/start.ts';
import type { Task } from '../../src/agent/task.ts';
import { validate } from '../../src/agent/validate.ts';
import { AgentError } from '../../src/core/failure.ts';
import type { Settings } from '../../src/core/settings.ts';
import type { FakeNode, FakeVpc } from '../fakes/fake-vpc.ts';
import { createFakeVpc, serviceMac } from '../fakes/fake-vpc.ts';
import { startProcess } from '../fakes/process.ts';

function run<T>(vpc: FakeVpc, task: Task, action: (task: Task) => Promise<T>): Promise<T> {
  return vpc.clock.run(startProcess(task, action).result);
}

/** A node whose own interface has AWS's MTU. */
function vpcWithJumbo(): { readonly vpc: FakeVpc; readonly a: FakeNode } {
  const vpc = createFakeVpc();
  const { kernel } = vpc.a;
  kernel.plug({ name: 'eth0', mac: '02:00:0a:01:00:00' });
  kernel.force({ do: 'set-mtu', device: 'eth0', mtu: 9_001 });
  kernel.addDefaultRoute('eth0', 100);
  return { vpc, a: vpc.a };
}

const mtuOf = ({ kernel }: FakeNode): number | undefined =>
  kernel.look(100).devices.find(({ mac }) => mac === serviceMac)?.mtu;

/** Starts, with some of what the kernel does as a test wants it. */
async function started(
  difference: Partial<Settings>,
  { vpc, a } = vpcWithJumbo(),
  routing: (usual: Task['ports']['routing']) => Partial<Task['ports']['routing']> = () => ({}),
): Promise<FakeNode> {
  const task = a.task(difference);
  const ports = { ...task.ports, routing: { ...task.ports.routing, ...routing(task.ports.routing) } };
  await run(vpc, { ...task, ports }, start);
  return a;
}

describe('start', () => {
  test('gives the device the MTU of the primary interface, or that of the parameter', async () => {
    expect(mtuOf(await started({}))).toBe(9_001);
    expect(mtuOf(await started({ mtu: 1_400 }))).toBe(1_400);
    expect(mtuOf(await started({}, bare()))).toBe(1_500);
  });

  test('warns of a device that can’t have it, once, and ends well', async () => {
    const world = vpcWithJumbo();
    world.a.kernel.limitMtu(serviceMac, 4_000);
    const { said } = await started({}, world);
    expect(mtuOf(world.a)).toBe(1_500);
    expect(said.filter((line) => line.includes('MTU'))).toEqual([
      expect.stringMatching(/^could not set the MTU of .*greater than device maximum.*; set mtu to what/),
    ]);
    expect(await run(world.vpc, world.a.task(), (task) => monitor(task, 0))).toBe('running');
  });

  test('is no contest with who sets another', async () => {
    const world = vpcWithJumbo();
    world.a.kernel.watch((by) => {
      if (by === 'own' && mtuOf(world.a) === 9_001)
        world.a.kernel.force({ do: 'set-mtu', device: 'eth1', mtu: 1_500 });
    });
    expect(mtuOf(await started({}, world))).toBe(1_500);
    expect(await run(world.vpc, world.a.task(), (task) => monitor(task, 0, true))).toBe('running');
    expect(world.a.repairs).toEqual([]);
  });

  test('does without where the main table can’t be read, and says so', async () => {
    const defaultDevices = async (): Promise<never> => {
      throw new AgentError('transient', "'ip' did not end");
    };
    const a = await started({}, vpcWithJumbo(), () => ({ defaultDevices }));
    expect(mtuOf(a)).toBe(1_500);
    expect(a.said.join()).toMatch(/could not tell the primary interface.*'ip' did not end/);
  });

  test('looks at the main table once, and not at all where the parameter says it', async () => {
    for (const [difference, expected] of [[{}, 1] as const, [{ mtu: 9_001 }, 0] as const]) {
      let reads = 0;
      await started(difference, vpcWithJumbo(), (usual) => ({
        defaultDevices: () => {
          reads += 1;
          return usual.defaultDevices();
        },
      }));
      expect(reads).toBe(expected);
    }
  });
});

/** A node without a default route. */
function bare(): { readonly vpc: FakeVpc; readonly a: FakeNode } {
  const vpc = createFakeVpc();
  return { vpc, a: vpc.a };
}

test('monitor fails for none, and puts none back', async () => {
  const { vpc, a } = vpcWithJumbo();
  await started({}, { vpc, a });
  a.kernel.force({ do: 'set-mtu', device: 'eth1', mtu: 576 });
  expect(await run(vpc, a.task(), (task) => monitor(task, 0, true))).toBe('running');
  a.kernel.force({ do: 'delete-rule', rule: { priority: 100, from: '10.2.0.10/32', table: 100 } });
  expect(await run(vpc, a.task(), (task) => monitor(task, 0, true))).toBe('repaired');
  expect(mtuOf(a)).toBe(576);
  expect(a.repairs).toEqual([['rule 100: from 10.2.0.10/32 lookup 100']]);
});

test('reload makes a changed one effective, and warns of one that can’t be', async () => {
  const { vpc, a } = vpcWithJumbo();
  await started({}, { vpc, a });
  await run(vpc, a.task({ mtu: 1_400 }), reload);
  expect(mtuOf(a)).toBe(1_400);
  await run(vpc, a.task(), reload);
  expect(mtuOf(a)).toBe(9_001);
  a.kernel.limitMtu(serviceMac, 9_001);
  await run(vpc, a.task({ mtu: 9_216 }), reload);
  expect(mtuOf(a)).toBe(9_001);
  expect(a.said.join()).toContain('could not set the MTU');
});

test('validate-all changes none', async () => {
  const { vpc, a } = vpcWithJumbo();
  await started({}, { vpc, a });
  await run(vpc, a.task({ mtu: 1_400 }), (task) => validate(task, 10));
  expect(mtuOf(a)).toBe(9_001);
});

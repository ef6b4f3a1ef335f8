import { describe, expect, test } from 'vitest';
import { monitor } from '../../src/agent/monitor.ts';
import { start } from '../../src/agent/start.ts';
import { stop } from '../../src/agent/stop.ts';
import type { Task } from '../../src/agent/task.ts';
import { AgentError } from '../../src/core/failure.ts';
import type { Change } from '../../src/core/kernel.ts';
import type { Settings } from '../../src/core/settings.ts';
import type { Ports } from '../../src/ports/agent.ts';
import type { FakeNode, FakeVpc } from '../fakes/fake-vpc.ts';
import { createFakeVpc, eniId, serviceMac } from '../fakes/fake-vpc.ts';
import { startProcess } from '../fakes/process.ts';

const rule = { priority: 100, from: '10.2.0.10/32', table: 100 };
const lostRule = 'rule 100: from 10.2.0.10/32 lookup 100';
const address = { address: '10.2.0.10', prefixLength: 24 };
const own = { to: '0.0.0.0/0', device: 'eth1', via: '10.2.0.1' };
const link = { to: '10.2.0.0/24', device: 'eth1' };

function run<T>(vpc: FakeVpc, task: Task, action: (task: Task) => Promise<T>): Promise<T> {
  return vpc.clock.run(startProcess(task, action).result);
}

async function served(): Promise<{ readonly vpc: FakeVpc; readonly a: FakeNode }> {
  const vpc = createFakeVpc();
  await run(vpc, vpc.a.task(), start);
  return { vpc, a: vpc.a };
}

/** As Pacemaker's recurring monitor, with some of the outside as a test wants it. */
function recurring(
  vpc: FakeVpc,
  settings: Partial<Settings> = {},
  outside: (ports: Ports) => Partial<Ports> = () => ({}),
  level = 0,
): Promise<string> {
  const task = vpc.a.task(settings, 30_000);
  const ports = { ...task.ports, ...outside(task.ports) };
  return run(vpc, { ...task, ports }, (one) => monitor(one, level, true));
}

const damages: Readonly<Record<string, readonly [changes: readonly Change[], missing: readonly string[]]>> = {
  'the rule': [[{ do: 'delete-rule', rule }], [lostRule]],
  'the default route': [[{ do: 'delete-route', route: own, table: 100 }], ['route 0.0.0.0/0 via 10.2.0.1']],
  'the link’s own route': [[{ do: 'delete-route', route: link, table: 100 }], ['route 10.2.0.0/24']],
  'the address': [[{ do: 'delete-address', device: 'eth1', address }], ['address 10.2.0.10/24']],
  'the link, and its routes with it': [
    [{ do: 'set-link', device: 'eth1', up: false }],
    ['link eth1 up', 'route 10.2.0.0/24', 'route 0.0.0.0/0 via 10.2.0.1'],
  ],
  'all but the device': [
    [
      { do: 'delete-rule', rule },
      { do: 'delete-address', device: 'eth1', address },
      { do: 'set-link', device: 'eth1', up: false },
    ],
    ['link eth1 up', 'address 10.2.0.10/24', lostRule, 'route 10.2.0.0/24', 'route 0.0.0.0/0 via 10.2.0.1'],
  ],
  'all but the rule': [
    [
      { do: 'delete-address', device: 'eth1', address },
      { do: 'set-link', device: 'eth1', up: false },
    ],
    ['link eth1 up', 'address 10.2.0.10/24', 'route 10.2.0.0/24', 'route 0.0.0.0/0 via 10.2.0.1'],
  ],
};

describe('a recurring monitor', () => {
  test.each(Object.entries(damages))(
    'puts back %s, says so once, and counts',
    async (_, [changes, missing]) => {
      const { vpc, a } = await served();
      const whole = a.kernel.look(100);
      const calls = a.ec2.calls.length;
      for (const change of changes) a.kernel.force(change);
      expect(await recurring(vpc)).toBe('repaired');
      const { devices, rules, routes } = a.kernel.look(100);
      expect(devices).toEqual(whole.devices);
      expect(rules).toEqual(whole.rules);
      expect(routes.map(({ to }) => to).toSorted()).toEqual(whole.routes.map(({ to }) => to).toSorted());
      expect(a.said.filter((line) => line.startsWith('put back'))).toEqual([
        expect.stringContaining(`put back for ${eniId}: ${missing.join(', ')}; find out who`),
      ]);
      expect(a.repairs).toEqual([missing]);
      expect(await recurring(vpc)).toBe('running');
      expect(a.repairs).toHaveLength(1);
      expect(a.ec2.calls.length).toBe(calls);
    },
  );

  test('with repair=false changes nothing, and names what is missing', async () => {
    const { vpc, a } = await served();
    a.kernel.force({ do: 'delete-rule', rule });
    await expect(recurring(vpc, { repair: false })).rejects.toThrow(
      `missing ${lostRule}; there link eth1 up, address 10.2.0.10/24, route 10.2.0.0/24, route 0.0.0.0/0 via 10.2.0.1; a restart of the resource puts it right (repair=true does so without one)`,
    );
    expect(a.kernel.look(100).rules).toEqual([]);
    expect(a.repairs).toEqual([]);
  });

  test('fails where the device is gone: there is nothing to put anything on', async () => {
    const { vpc, a } = await served();
    vpc.world.place(vpc.clock.nowMs(), eniId, 'available');
    await vpc.clock.run(vpc.clock.sleep(1));
    await expect(recurring(vpc)).rejects.toThrow(/missing device with MAC .*puts it right$/);
    expect(a.repairs).toEqual([]);
  });

  test('brings up nothing on a node that no start has left a state on', async () => {
    const { vpc, a } = await served();
    await run(vpc, a.task({ detachOnStop: false }), stop);
    a.kernel.force({ do: 'set-link', device: 'eth1', up: true });
    await expect(recurring(vpc)).rejects.toThrow(/serves only in part/);
    expect(a.kernel.look(100)).toMatchObject({ rules: [], routes: [] });
    expect(a.repairs).toEqual([]);
  });

  test('still asks EC2 and the router after a repair, at their levels', async () => {
    const { vpc, a } = await served();
    a.kernel.force({ do: 'delete-rule', rule });
    a.ec2.fail({ call: 'find', when: 'before', error: new AgentError('transient', 'EC2 does not answer') });
    expect(await recurring(vpc, {}, undefined, 10)).toBe('repaired');
    expect(a.said.join()).toContain('could not confirm');
    a.kernel.force({ do: 'delete-rule', rule });
    const silent = ({ routing }: Ports): Partial<Ports> => ({
      routing: { ...routing, neighbour: async () => 'failed' },
    });
    await expect(recurring(vpc, {}, silent, 20)).rejects.toThrow(/router 10\.2\.0\.1 does not answer/);
    expect(a.repairs).toHaveLength(2);
  });

  test('does not put an address on a device that the distribution manages', async () => {
    const { vpc, a } = await served();
    a.kernel.force({ do: 'delete-address', device: 'eth1', address });
    await expect(recurring(vpc, { manageAddresses: false })).rejects.toThrow(
      /missing address 10\.2\.0\.10\/24; .*not monitor's to put back/,
    );
    a.kernel.force({ do: 'delete-rule', rule });
    await expect(recurring(vpc, { manageAddresses: false })).rejects.toThrow(/missing address/);
    expect(a.kernel.look(100).rules).toHaveLength(1);
    expect(a.repairs).toEqual([]);
  });

  test('leaves a default route of somebody else in the table', async () => {
    const { vpc, a } = await served();
    const foreign = { to: '0.0.0.0/0', device: 'eth0', via: '10.1.0.1' };
    a.kernel.plug({ name: 'eth0', mac: '02:00:0a:01:00:00' });
    a.kernel.force({ do: 'set-link', device: 'eth0', up: true });
    a.kernel.force({ do: 'replace-route', table: 100, route: { to: '10.1.0.0/24', device: 'eth0' } });
    a.kernel.force({ do: 'replace-route', table: 100, route: foreign });
    await expect(recurring(vpc)).rejects.toThrow(/table 100 has a default route dev eth0/);
    expect(a.kernel.look(100).routes).toContainEqual(foreign);
  });
});

describe('a probe, and a call by hand', () => {
  test('tell the truth and change nothing', async () => {
    const { vpc, a } = await served();
    a.kernel.force({ do: 'delete-rule', rule });
    await expect(run(vpc, a.task(), (task) => monitor(task, 0))).rejects.toThrow(
      /missing rule 100: .*; a restart of the resource puts it right; the next monitor of the cluster does so without one$/,
    );
    expect(a.kernel.look(100).rules).toEqual([]);
    expect(a.repairs).toEqual([]);
  });
});

describe('what was so before the wait for the lock does not decide', () => {
  test('put right meanwhile: 0 without a word', async () => {
    const { vpc, a } = await served();
    a.kernel.force({ do: 'delete-rule', rule });
    a.beforeLock = async () => a.kernel.force({ do: 'add-rule', rule });
    expect(await recurring(vpc)).toBe('running');
    expect(a.said.join()).not.toContain('put back');
    expect(a.repairs).toEqual([]);
  });

  test('stopped meanwhile: nothing comes back', async () => {
    const { vpc, a } = await served();
    a.kernel.force({ do: 'delete-rule', rule });
    a.beforeLock = async () => {
      a.beforeLock = undefined;
      await startProcess(a.task(), stop).result;
    };
    expect(await recurring(vpc)).toBe('stopped');
    expect(a.kernel.look(100)).toMatchObject({ rules: [], routes: [] });
  });

  test('more was taken away meanwhile: all of it is put back', async () => {
    const { vpc, a } = await served();
    a.kernel.force({ do: 'delete-rule', rule });
    a.beforeLock = async () => a.kernel.force({ do: 'set-link', device: 'eth1', up: false });
    expect(await recurring(vpc)).toBe('repaired');
    expect(a.repairs).toEqual([
      ['link eth1 up', lostRule, 'route 10.2.0.0/24', 'route 0.0.0.0/0 via 10.2.0.1'],
    ]);
  });

  test('the device went meanwhile: it fails as it does without one', async () => {
    const { vpc, a } = await served();
    a.kernel.force({ do: 'delete-rule', rule });
    a.beforeLock = async () => a.kernel.unplug(serviceMac);
    // The address and the routes went with the device.
    expect(await recurring(vpc)).toBe('stopped');
    expect(a.repairs).toEqual([]);
  });
});

describe('a repair that does not go well', () => {
  test('no lock to be had: what is missing, and who is in the way', async () => {
    const { vpc, a } = await served();
    a.kernel.force({ do: 'delete-rule', rule });
    const held = new AgentError('transient', 'could not get the lock');
    const lock = { acquire: async () => Promise.reject(held) };
    await expect(recurring(vpc, {}, () => ({ lock }))).rejects.toThrow(
      new RegExp(`missing ${lostRule}; .*; it could not be put back: could not get the lock$`),
    );
    const refused = { acquire: async () => new AgentError('tool', 'program flock is not installed') };
    await expect(recurring(vpc, {}, () => ({ lock: refused }))).rejects.toMatchObject({ kind: 'tool' });
    expect(a.kernel.look(100).rules).toEqual([]);
  });

  test('a change that the kernel refuses once, as for a device that is renamed, is made anew', async () => {
    const { vpc, a } = await served();
    a.kernel.force({ do: 'delete-rule', rule });
    let times = 0;
    const refusing =
      (most: number) =>
      ({ routing }: Ports): Partial<Ports> => ({
        routing: {
          ...routing,
          apply: async (changes) => {
            times += 1;
            if (times <= most) throw new AgentError('transient', 'the kernel refused: no');
            return routing.apply(changes);
          },
        },
      });
    await expect(recurring(vpc, {}, refusing(9))).rejects.toThrow(/put back: the kernel refused: no$/);
    expect(times).toBe(2);
    times = 0;
    expect(await recurring(vpc, {}, refusing(1))).toBe('repaired');
  });

  test('taken away as fast as it is put back: that is said, once, with the next move', async () => {
    const { vpc, a } = await served();
    a.kernel.force({ do: 'delete-rule', rule });
    let deletions = 0;
    a.kernel.watch((by) => {
      if (by === 'others' || a.kernel.look(100).rules.length === 0) return;
      deletions += 1;
      a.kernel.force({ do: 'delete-rule', rule });
    });
    await expect(recurring(vpc)).rejects.toThrow(
      /missing rule 100: .*; it was put back and is gone again at once; find out what takes it away/,
    );
    expect(deletions).toBe(1);
    expect(a.repairs).toEqual([]);
    expect(a.said.join()).not.toContain('put back for');
  });

  test('a carrier that comes late is waited for, one that does not come is told', async () => {
    const { vpc, a } = await served();
    const downTo =
      (untilMs: number) =>
      ({ routing }: Ports) => ({
        routing: {
          ...routing,
          read: async (...asked: Parameters<typeof routing.read>) => {
            const seen = await routing.read(...asked);
            const carrier = vpc.clock.nowMs() >= untilMs;
            return { ...seen, devices: seen.devices.map((device) => ({ ...device, carrier })) };
          },
        },
      });
    a.kernel.force({ do: 'set-link', device: 'eth1', up: false });
    expect(await recurring(vpc, {}, downTo(vpc.clock.nowMs() + 300))).toBe('repaired');
    a.kernel.force({ do: 'set-link', device: 'eth1', up: false });
    const begunMs = vpc.clock.nowMs();
    await expect(recurring(vpc, {}, downTo(Number.POSITIVE_INFINITY))).rejects.toThrow(
      /missing carrier on eth1; .*attaches the ENI anew/,
    );
    expect(vpc.clock.nowMs() - begunMs).toBeLessThan(1_100);
  });
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Mac } from '../../src/core/ids.ts';
import type { Change, Kernel } from '../../src/core/kernel.ts';
import { deviceWithMac } from '../../src/core/kernel.ts';
import type { Devices, PolicyRouting } from '../../src/ports/agent.ts';

/** A node of its own for each test, and what happens to it from outside. */
export interface NodeUnderTest {
  readonly routing: PolicyRouting;
  readonly devices: Devices;
  plug(device: { readonly name: string; readonly mac: Mac }): Promise<void>;
  unplug(mac: Mac): Promise<void>;
  /** In the main table, as DHCP makes it, by a device that is up. */
  addDefaultRoute(device: string, metric: number): Promise<void>;
  clean(): Promise<void>;
}

const mac: Mac = '02:00:0a:02:00:0a';
const TABLE = 100;
const BOTH = ['ipv4', 'ipv6'] as const;

const setUp: readonly Change[] = [
  { do: 'set-link', device: 'eth1', up: true },
  { do: 'add-address', device: 'eth1', address: { address: '10.2.0.10', prefixLength: 24 } },
  { do: 'add-address', device: 'eth1', address: { address: '10.2.0.11', prefixLength: 24 } },
  { do: 'add-address', device: 'eth1', address: { address: 'fd00:2::10', prefixLength: 64 } },
  { do: 'replace-route', table: TABLE, route: { to: '10.2.0.0/24', device: 'eth1', source: '10.2.0.10' } },
  { do: 'replace-route', table: TABLE, route: { to: '0.0.0.0/0', device: 'eth1', via: '10.2.0.1' } },
  { do: 'replace-route', table: TABLE, route: { to: 'fd00:2::/64', device: 'eth1' } },
  { do: 'replace-route', table: TABLE, route: { to: '::/0', device: 'eth1', via: 'fe80:ec2::1' } },
  { do: 'add-rule', rule: { priority: 100, from: '10.2.0.10/32', table: TABLE } },
  { do: 'add-rule', rule: { priority: 100, from: '10.2.0.0/24', table: TABLE } },
  { do: 'add-rule', rule: { priority: 100, from: 'fd00:2::10/128', table: TABLE } },
];

/** The same without what the kernel adds by itself: link-local addresses, a metric. */
function plain({ devices, rules, routes }: Kernel): object {
  const own = devices.find((device) => device.mac === mac);
  return {
    up: own?.up,
    carrier: own?.carrier,
    addresses: own?.addresses.filter(({ address }) => !address.startsWith('fe80:')),
    rules: rules
      .map(({ protocol: _, ...rule }) => rule)
      .toSorted((one, other) => one.from.localeCompare(other.from)),
    routes: routes.toSorted((one, other) => one.to.localeCompare(other.to)),
  };
}

/** What every PolicyRouting and Devices must do, the fake and the kernel alike. */
export function policyRoutingContract(create: () => Promise<NodeUnderTest>): void {
  let node: NodeUnderTest;
  const look = async (): Promise<object> => plain(await node.routing.read(TABLE, BOTH));
  beforeEach(async () => {
    node = await create();
    await node.plug({ name: 'eth1', mac });
  });
  afterEach(() => node.clean());

  const served = {
    up: true,
    carrier: true,
    addresses: [
      { address: '10.2.0.10', prefixLength: 24 },
      { address: '10.2.0.11', prefixLength: 24 },
      { address: 'fd00:2::10', prefixLength: 64 },
    ],
    rules: [
      { priority: 100, from: '10.2.0.0/24', table: TABLE },
      { priority: 100, from: '10.2.0.10/32', table: TABLE },
      { priority: 100, from: 'fd00:2::10/128', table: TABLE },
    ],
    routes: [
      { to: '::/0', device: 'eth1', via: 'fe80:ec2::1' },
      { to: '0.0.0.0/0', device: 'eth1', via: '10.2.0.1' },
      { to: '10.2.0.0/24', device: 'eth1', source: '10.2.0.10' },
      { to: 'fd00:2::/64', device: 'eth1' },
    ],
  };
  const bare = { up: false, carrier: false, addresses: [], rules: [], routes: [] };

  test('a fresh device is down and bare, in a table that has never been', async () => {
    expect(await look()).toEqual(bare);
    expect(await node.routing.read(4_711, BOTH)).toMatchObject({ routes: [] });
  });

  test('shows what it was told to make', async () => {
    await node.routing.apply(setUp);
    expect(await look()).toEqual(served);
  });

  test('the same once more is no failure and changes nothing', async () => {
    await node.routing.apply(setUp);
    await node.routing.apply(setUp);
    expect(await look()).toEqual(served);
  });

  test('reads only the IP version that is asked for, but all addresses of a device', async () => {
    await node.routing.apply(setUp);
    const { devices, rules, routes } = await node.routing.read(TABLE, ['ipv4']);
    expect(rules.map(({ from }) => from)).not.toContain('fd00:2::10/128');
    expect(routes.map(({ to }) => to)).not.toContain('::/0');
    expect(devices.find((device) => device.mac === mac)?.addresses).toContainEqual({
      address: 'fd00:2::10',
      prefixLength: 64,
    });
  });

  test('takes back what it made, in the reverse order, and twice', async () => {
    await node.routing.apply(setUp);
    const { routes } = await node.routing.read(TABLE, BOTH);
    const undo: readonly Change[] = [
      ...served.rules.map((rule): Change => ({ do: 'delete-rule', rule })),
      ...routes.toReversed().map((route): Change => ({ do: 'delete-route', route, table: TABLE })),
      ...served.addresses
        .toReversed()
        .map((address): Change => ({ do: 'delete-address', device: 'eth1', address })),
      { do: 'set-link', device: 'eth1', up: false },
    ];
    await node.routing.apply(undo);
    expect(await look()).toEqual(bare);
    await node.routing.apply(undo);
    expect(await look()).toEqual(bare);
  });

  test('goes on after a change that the kernel refuses, and says which', async () => {
    const rule = { priority: 100, from: '10.2.0.10/32', table: TABLE };
    const changes: readonly Change[] = [
      { do: 'replace-route', table: TABLE, route: { to: '0.0.0.0/0', device: 'eth1', via: '10.2.0.1' } },
      { do: 'add-rule', rule },
    ];
    await expect(node.routing.apply(changes)).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('refused'),
    });
    expect(await look()).toMatchObject({ rules: [rule], routes: [] });
  });

  test('a link that goes down takes its IPv4 routes along', async () => {
    await node.routing.apply(setUp);
    await node.routing.apply([{ do: 'set-link', device: 'eth1', up: false }]);
    expect((await node.routing.read(TABLE, ['ipv4'])).routes).toEqual([]);
  });

  test('a device that is pulled out takes addresses and routes along, and leaves the rules', async () => {
    await node.routing.apply(setUp);
    await node.unplug(mac);
    const { devices, rules, routes } = await node.routing.read(TABLE, BOTH);
    expect(devices.map((device) => device.mac)).not.toContain(mac);
    expect(routes).toEqual([]);
    expect(rules).toHaveLength(3);
  });

  test('a device that is not there is refused by name', async () => {
    await expect(node.routing.apply([{ do: 'set-link', device: 'eth9', up: true }])).rejects.toThrow(/eth9/);
  });

  const mtuOf = async (): Promise<number | undefined> =>
    deviceWithMac(await node.routing.read(TABLE, ['ipv4']), mac)?.mtu;

  test('sets the MTU, of a link that is down and of one that is up', async () => {
    expect(await mtuOf()).toBe(1_500);
    expect(await node.routing.apply([{ do: 'set-mtu', device: 'eth1', mtu: 9_001 }, ...setUp])).toEqual([]);
    expect(await mtuOf()).toBe(9_001);
    expect(await look()).toEqual(served);
    expect(await node.routing.apply([{ do: 'set-mtu', device: 'eth1', mtu: 1_400 }])).toEqual([]);
    expect(await mtuOf()).toBe(1_400);
    expect(await look()).toEqual(served);
  });

  test('an MTU that the device can’t have is told, and nothing else fails by it', async () => {
    const tooLarge: Change = { do: 'set-mtu', device: 'eth1', mtu: 70_000 };
    expect(await node.routing.apply([tooLarge, ...setUp])).toEqual([
      expect.stringMatching(/mtu.*(?:maximum|Invalid argument)/),
    ]);
    expect(await mtuOf()).toBe(1_500);
    expect(await look()).toEqual(served);
    const elsewhere: Change = { do: 'set-link', device: 'eth9', up: true };
    await expect(node.routing.apply([tooLarge, elsewhere])).rejects.toThrow(/eth9/);
  });

  test('names the devices of the main table’s default routes, the preferred one first', async () => {
    expect(await node.routing.defaultDevices()).toEqual([]);
    const other: Mac = '02:00:0a:01:00:0b';
    await node.plug({ name: 'eth0', mac: other });
    await node.routing.apply([...setUp, { do: 'set-link', device: 'eth0', up: true }]);
    await node.addDefaultRoute('eth1', 200);
    await node.addDefaultRoute('eth0', 100);
    expect(await node.routing.defaultDevices()).toEqual(['eth0', 'eth1']);
    await node.unplug(other);
    expect(await node.routing.defaultDevices()).toEqual(['eth1']);
  });

  test('tells whether a device is there', async () => {
    expect(await node.devices.look(mac)).toBe('settled');
    expect(await node.devices.look('02:00:00:00:00:99')).toBe('absent');
    await node.unplug(mac);
    expect(await node.devices.look(mac)).toBe('absent');
  });

  test('follows a device by its MAC through a change of its name', async () => {
    await node.unplug(mac);
    await node.plug({ name: 'ens6', mac });
    expect(deviceWithMac(await node.routing.read(TABLE, BOTH), mac)?.name).toBe('ens6');
  });
}

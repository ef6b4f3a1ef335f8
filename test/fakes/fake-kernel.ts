import { contains, familyOf } from '../../src/core/address.ts';
import { AgentError } from '../../src/core/failure.ts';
import type { Mac } from '../../src/core/ids.ts';
import type { Change, Device, Kernel, Route, Rule } from '../../src/core/kernel.ts';
import { AGENT_PROTOCOL } from '../../src/core/kernel.ts';
import type { Devices, PolicyRouting } from '../../src/ports/agent.ts';

interface TableRoute {
  readonly table: number;
  readonly route: Route;
}

/** A node's network configuration that behaves as the kernel's, as far as the contract in `contracts/` says so. */
export interface FakeKernel {
  readonly routing: PolicyRouting;
  readonly devices: Devices;
  plug(device: Pick<Device, 'name' | 'mac'>): void;
  unplug(mac: Mac): void;
  /** As udev does it: whatever leads to the device leads to it under its new name. */
  rename(mac: Mac, name: string): void;
  /** An IPv4 default route of the main table, as DHCP makes it. */
  addDefaultRoute(device: string, metric: number): void;
  /** The largest MTU that the device can have. */
  limitMtu(mac: Mac, largest: number): void;
  /** The next so many reads and applications of changes fail, and change nothing. */
  fail(times: number): void;
  /** Makes a change as an administrator would, past the agent. */
  force(change: Change): void;
  look(table: number): Kernel;
  /** Everything that somebody else than the ENI's agent may have put there: all rules, the routes of all tables, all devices. */
  lookAtAll(): Pick<Kernel, 'devices' | 'rules'> & { readonly routes: readonly TableRoute[] };
  /** As after a boot: nothing is configured, no device is there. */
  reset(): void;
  /** Has `listener` called after each change, until what this returns is called. `own`: the agent made it. */
  watch(listener: (by: 'own' | 'others') => void): () => void;
}

/** What a kernel gives a device, and the most that a virtual one can have. */
const USUAL_MTU = 1_500;
const LARGEST_MTU = 65_535;

export function createFakeKernel(): FakeKernel {
  let devices: readonly Device[] = [];
  let rules: readonly Rule[] = [];
  let routes: readonly TableRoute[] = [];
  let defaults: readonly { readonly device: string; readonly metric: number }[] = [];
  const largestMtu = new Map<string | undefined, number>();
  let nextIfindex = 2;
  let failures = 0;
  const listeners = new Set<(by: 'own' | 'others') => void>();

  const strike = (): void => {
    if (failures === 0) return;
    failures -= 1;
    throw new AgentError('transient', "'ip' did not end and was killed");
  };
  const update = (name: string, change: (device: Device) => Device): void => {
    if (!devices.some((device) => device.name === name)) throw new Error(`Cannot find device "${name}"`);
    devices = devices.map((device) => (device.name === name ? change(device) : device));
  };
  const dropRoutesOf = (name: string): void => {
    routes = routes.filter(({ route }) => route.device !== name);
  };
  const isReachable = ({ table, route }: TableRoute): boolean =>
    route.via === undefined ||
    route.via.startsWith('fe80:') ||
    routes.some(
      (other) =>
        other.table === table &&
        other.route.device === route.device &&
        other.route.via === undefined &&
        contains(other.route.to, route.via ?? ''),
    );

  const changed = (by: 'own' | 'others'): void => {
    for (const listener of listeners) listener(by);
  };
  const make = (change: Change, by: 'own' | 'others'): void => {
    configure(change);
    changed(by);
  };
  const configure = (change: Change): void => {
    switch (change.do) {
      case 'set-link':
        if (!change.up) dropRoutesOf(change.device);
        update(change.device, (device) => ({ ...device, up: change.up, carrier: change.up }));
        break;
      case 'set-mtu':
        update(change.device, (device) => {
          if (change.mtu > (largestMtu.get(device.mac) ?? LARGEST_MTU))
            throw new Error('mtu greater than device maximum');
          return { ...device, mtu: change.mtu };
        });
        break;
      case 'add-address':
        update(change.device, (device) => ({
          ...device,
          addresses: [
            ...device.addresses.filter(({ address }) => address !== change.address.address),
            change.address,
          ],
        }));
        break;
      case 'delete-address':
        update(change.device, (device) => ({
          ...device,
          addresses: device.addresses.filter(({ address }) => address !== change.address.address),
        }));
        break;
      case 'replace-route': {
        const device = devices.find(({ name }) => name === change.route.device);
        if (device === undefined) throw new Error(`Cannot find device "${change.route.device}"`);
        if (!device.up) throw new Error('Device for nexthop is not up');
        if (!isReachable(change)) throw new Error('Nexthop has invalid gateway');
        const { table, route } = change;
        const isSame = (other: TableRoute): boolean => other.table === table && other.route.to === route.to;
        routes = [...routes.filter((other) => !isSame(other)), { table, route }];
        break;
      }
      case 'delete-route':
        routes = routes.filter(
          ({ table, route }) =>
            !(table === change.table && route.to === change.route.to && route.device === change.route.device),
        );
        break;
      case 'add-rule':
        if (!rules.some((rule) => isSameRule(rule, change.rule) && rule.protocol === change.rule.protocol))
          rules = [...rules, change.rule];
        break;
      case 'delete-rule': {
        const { protocol } = change.rule;
        const at = rules.findIndex(
          (rule) => isSameRule(rule, change.rule) && (protocol === undefined || rule.protocol === protocol),
        );
        if (at !== -1) rules = rules.toSpliced(at, 1);
        break;
      }
      default:
        change satisfies never;
    }
  };

  const look = (table: number): Kernel => ({
    devices,
    rules,
    routes: routes.filter((one) => one.table === table).map(({ route }) => route),
  });

  return {
    look,
    lookAtAll: () => ({ devices, rules, routes }),
    reset: () => {
      devices = [];
      defaults = [];
      rules = [];
      routes = [];
      changed('others');
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    addDefaultRoute: (device, metric) => {
      defaults = [...defaults, { device, metric }];
    },
    limitMtu: (mac, largest) => {
      largestMtu.set(mac, largest);
    },
    force: (change) => make(change, 'others'),
    rename: (mac, name) => {
      const former = devices.find((device) => device.mac === mac)?.name;
      devices = devices.map((device) => (device.mac === mac ? { ...device, name } : device));
      routes = routes.map((one) =>
        one.route.device === former ? { ...one, route: { ...one.route, device: name } } : one,
      );
    },
    fail: (times) => {
      failures = times;
    },
    plug: ({ name, mac }) => {
      if (devices.some((device) => device.name === name))
        throw new Error(`there is a device ${name} already`);
      devices = [
        ...devices,
        { name, mac, ifindex: nextIfindex, up: false, carrier: false, mtu: USUAL_MTU, addresses: [] },
      ];
      nextIfindex += 1;
    },
    unplug: (mac) => {
      for (const device of devices.filter((one) => one.mac === mac)) dropRoutesOf(device.name);
      defaults = defaults.filter(({ device }) => devices.find(({ name }) => name === device)?.mac !== mac);
      devices = devices.filter((device) => device.mac !== mac);
      changed('others');
    },
    devices: {
      whyNoIpv6: async () => undefined,
      look: async (mac) => (devices.some((device) => device.mac === mac) ? 'settled' : 'absent'),
    },
    routing: {
      read: async (table, families) => {
        strike();
        const seen = look(table);
        return {
          devices: seen.devices,
          rules: seen.rules.filter(({ from }) => families.includes(familyOf(from))),
          routes: seen.routes.filter(({ to }) => families.includes(familyOf(to))),
        };
      },
      apply: async (changes) => {
        strike();
        const refusals = changes.flatMap((change) => {
          try {
            make(byAgent(change), 'own');
            return [];
          } catch (error) {
            return change.do.startsWith('delete') ? [] : [{ change, said: String(error) }];
          }
        });
        const words = refusals.map(({ said }) => said);
        if (refusals.some(({ change }) => change.do !== 'set-mtu'))
          throw new AgentError('transient', `the kernel refused: ${words.join('; ')}`);
        return words;
      },
      defaultDevices: async () => {
        strike();
        return defaults.toSorted((one, other) => one.metric - other.metric).map(({ device }) => device);
      },
      solicit: async () => undefined,
      neighbour: async (_, device) =>
        devices.some(({ name, up }) => name === device && up) ? 'reachable' : 'failed',
    },
  };
}

function byAgent(change: Change): Change {
  return change.do === 'add-rule'
    ? { ...change, rule: { ...change.rule, protocol: AGENT_PROTOCOL } }
    : change;
}

function isSameRule(one: Rule, other: Rule): boolean {
  return one.priority === other.priority && one.from === other.from && one.table === other.table;
}

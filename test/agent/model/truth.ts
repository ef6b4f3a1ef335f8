import type { Mac } from '../../../src/core/ids.ts';
import type { Settings } from '../../../src/core/settings.ts';
import type { FakeKernel } from '../../fakes/fake-kernel.ts';
import type { FakeNode, FakeVpc } from '../../fakes/fake-vpc.ts';
import { eniId, serviceMac } from '../../fakes/fake-vpc.ts';
import type { Obstacle } from './schedule.ts';

/**
 * Whether a client is answered by this node, as the kernel's configuration has it; written down anew, so that a
 * mistake of the agent's own judgement shows.
 */
export function serves(kernel: FakeKernel): boolean {
  const { devices, rules, routes } = kernel.look(100);
  const device = devices.find(({ mac }) => mac === serviceMac);
  return (
    device?.up === true &&
    device.carrier &&
    device.addresses.some(({ address }) => address === '10.2.0.10') &&
    rules.some(({ priority, from, table }) => priority === 100 && from === '10.2.0.10/32' && table === 100) &&
    routes.some(({ to, device: name }) => to === '10.2.0.0/24' && name === device.name) &&
    routes.some(
      ({ to, via, device: name }) => to === '0.0.0.0/0' && via === '10.2.0.1' && name === device.name,
    )
  );
}

/** Whether nothing of what `serves` asks for is there. */
export function isBare(kernel: FakeKernel): boolean {
  const { devices, rules, routes } = kernel.look(100);
  const device = devices.find(({ mac }) => mac === serviceMac);
  return (
    !rules.some(({ table, protocol }) => table === 100 && protocol !== '3') &&
    !routes.some(({ device: name }) => name === device?.name) &&
    (device === undefined || (!device.up && device.addresses.length === 0))
  );
}

export function holderOf({ world, clock }: FakeVpc): string | undefined {
  return world.actual(clock.nowMs()).enis[eniId]?.attachment?.instanceId;
}

/** What others are to leave alone on a node that serves. */
export function toBeKeptOff({ exclusive }: Partial<Settings>): Mac | undefined {
  return exclusive === false ? undefined : serviceMac;
}

/** Of the node's own interface, and the most that the ENI's device can have. */
export const OWN_MTU = 9_001;

/** What others have put there: the node's own interface, rules into other tables, a look-alike, routes of all kinds. */
export function putForeign(node: FakeNode): void {
  const { kernel } = node;
  kernel.limitMtu(serviceMac, OWN_MTU);
  const own = `10.1.0.1${node.name === 'a' ? 0 : 1}`;
  kernel.plug({ name: 'eth0', mac: `02:00:0a:01:00:0${node.name === 'a' ? 0 : 1}` });
  kernel.force({ do: 'set-mtu', device: 'eth0', mtu: OWN_MTU });
  kernel.addDefaultRoute('eth0', 100);
  kernel.force({ do: 'set-link', device: 'eth0', up: true });
  kernel.force({ do: 'add-address', device: 'eth0', address: { address: own, prefixLength: 24 } });
  kernel.force({ do: 'add-rule', rule: { priority: 50, from: '10.9.0.0/16', table: 200, protocol: '3' } });
  kernel.force({ do: 'add-rule', rule: { priority: 100, from: '10.1.0.0/24', table: 201, protocol: '3' } });
  kernel.force({ do: 'add-rule', rule: { priority: 101, from: '10.2.0.10/32', table: 100, protocol: '3' } });
  kernel.force({ do: 'replace-route', table: 100, route: { to: '192.168.0.0/16', device: 'eth0' } });
  kernel.force({ do: 'replace-route', table: 100, route: { to: '10.1.0.0/24', device: 'eth0' } });
  kernel.force({ do: 'replace-route', table: 200, route: { to: '10.1.0.0/24', device: 'eth0' } });
  kernel.force({
    do: 'replace-route',
    table: 200,
    route: { to: '0.0.0.0/0', device: 'eth0', via: '10.1.0.1' },
  });
}

/** What of it is there. */
export function foreignOn({ kernel }: FakeNode): string {
  const { devices, rules, routes } = kernel.lookAtAll();
  return JSON.stringify({
    devices: devices.filter(({ name }) => name === 'eth0').map(({ ifindex: _, ...device }) => device),
    rules: rules.filter(({ protocol }) => protocol === '3'),
    routes: routes.filter(({ route }) => route.device === 'eth0' && route.to !== '0.0.0.0/0'),
  });
}

/** Whether an attach by this node's agent is bound to fail, with the service ENI attached to nobody. */
export function couldNotAttach(vpc: FakeVpc, node: FakeNode, obstacle: Obstacle | undefined): boolean {
  const { instances } = vpc.world.actual(vpc.clock.nowMs());
  return obstacle !== undefined || instances[node.id]?.power !== 'running';
}

import { hasRoute, hasRule, isSameRule } from './assess.ts';
import type { DesiredNetwork } from './desired.ts';
import type { Change, Device, Kernel, Route, Rule } from './kernel.ts';

/** What the agent may add or take away, apart from routes and rules, which are always its own. */
export interface Scope {
  readonly table: number;
  /** `false`: the distribution puts the addresses there. */
  readonly manageAddresses: boolean;
  /** What the device's MTU is to be; without one it is left as it is. */
  readonly mtu?: number | undefined;
}

/**
 * The changes that make the ENI's device serve. Empty means that it does, as far as the agent may see to it.
 *
 * Order is the argument: addresses before routes, which name one as their source; the link's own network before
 * the default route, whose router it makes reachable; rules last, so that no packet is looked up in a table that
 * is not finished, and so that no rule stands without its address (cloud-netconfig deletes those). The MTU comes before
 * the link, for some drivers reset a link to change it.
 */
export function changesToServe(
  kernel: Kernel,
  device: Device,
  desired: DesiredNetwork,
  scope: Scope,
): readonly Change[] {
  const { name } = device;
  const { mtu = device.mtu } = scope;
  const size: readonly Change[] =
    mtu === undefined || mtu === device.mtu ? [] : [{ do: 'set-mtu', device: name, mtu }];
  const link: readonly Change[] = device.up ? [] : [{ do: 'set-link', device: name, up: true }];
  const addresses = desired.addresses
    .filter(({ address }) => !device.addresses.some((own) => own.address === address))
    .map((address): Change => ({ do: 'add-address', device: name, address }));
  const routes = desired.routes
    .filter((route) => !hasRoute(kernel, route, device))
    .map((route): Change => ({ do: 'replace-route', route: { ...route, device: name }, table: scope.table }));
  const rules = desired.rules
    .filter((rule) => !hasRule(kernel, rule))
    .map((rule): Change => ({ do: 'add-rule', rule }));
  return [...size, ...link, ...(scope.manageAddresses ? addresses : []), ...routes, ...rules];
}

/** What an earlier start of this resource may have left, and nothing that anyone else made. */
export interface Leftovers {
  /** Rules by their exact priority, source and table. */
  readonly rules: readonly Rule[];
  /** Addresses of the ENI; on its device only. */
  readonly addresses: readonly string[];
}

/**
 * The changes after which this node serves the ENI no more. Rules first: from then on nothing is looked up in the
 * table; the link last, so that the peer can't be answered by a half-made configuration in between.
 */
export function changesToWithdraw(
  kernel: Kernel,
  device: Device | undefined,
  leftovers: Leftovers,
  scope: Scope,
): readonly Change[] {
  const rules = changesToDrop(kernel, leftovers.rules);
  if (device === undefined) return rules;
  const routes = kernel.routes
    .filter((route) => route.device === device.name)
    // In reverse: the default route leans on the link's own network.
    .toReversed()
    .map((route: Route): Change => ({ do: 'delete-route', route, table: scope.table }));
  const addresses = device.addresses
    .filter(({ address }) => scope.manageAddresses && leftovers.addresses.includes(address))
    // In reverse: the kernel deletes secondary addresses along with the primary one.
    .toReversed()
    .map((address): Change => ({ do: 'delete-address', device: device.name, address }));
  const link: readonly Change[] = device.up ? [{ do: 'set-link', device: device.name, up: false }] : [];
  return [...rules, ...routes, ...addresses, ...link];
}

/**
 * Takes rules away as the kernel shows them: their protocol included, which keeps the kernel from taking one that
 * only looks alike, such as a rule for marked packets.
 */
export function changesToDrop(kernel: Kernel, rules: readonly Rule[]): readonly Change[] {
  return kernel.rules
    .filter((shown) => rules.some((rule) => isSameRule(rule, shown)))
    .map((rule): Change => ({ do: 'delete-rule', rule }));
}

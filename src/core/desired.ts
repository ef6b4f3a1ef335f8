import type { Cidr, Family, IpAddress } from './address.ts';
import { contains, everything, familyOf, firstHost, hostCidr, prefixLengthOf } from './address.ts';
import type { DeviceAddress, Route, Rule } from './kernel.ts';
import type { Traits } from './service.ts';
import type { Settings } from './settings.ts';

/** The router of every VPC subnet, whatever its networks. Source: Amazon VPC User Guide, "Subnet CIDR blocks". */
const IPV6_ROUTER: IpAddress = 'fe80:ec2::1';

/** A route before its device is known: names of devices change. */
export type DesiredRoute = Omit<Route, 'device'>;

/** What start leaves in the kernel and monitor looks for. */
export interface DesiredNetwork {
  readonly addresses: readonly DeviceAddress[];
  readonly routes: readonly DesiredRoute[];
  readonly rules: readonly Rule[];
}

export type NetworkSettings = Pick<Settings, 'routingTableId' | 'rulePriority' | 'ruleFrom' | 'router'>;

/**
 * The kernel configuration that lets this node answer at the ENI's addresses: each address, one rule per source
 * network into the table, and in the table the subnet on the link and the default route by its router.
 */
export function desiredNetwork(service: Traits, settings: NetworkSettings): DesiredNetwork {
  const addresses = service.addresses.flatMap((address) => {
    const cidr = service.subnetCidrs.find((candidate) => contains(candidate, address));
    return [{ address, prefixLength: prefixLengthOf(cidr ?? hostCidr(address)) }];
  });
  const rules = ruleSources(service, settings).map((from) => ({
    priority: settings.rulePriority,
    from,
    table: settings.routingTableId,
  }));
  return {
    addresses,
    rules,
    routes: usedFamilies(service).flatMap((family) => routesOf(family, service, settings)),
  };
}

/** The networks that the ENI's rules match, by the reading of `rule_from`. */
export function ruleSources(service: Traits, settings: Pick<Settings, 'ruleFrom'>): readonly Cidr[] {
  if (settings.ruleFrom === 'addresses') return service.addresses.map(hostCidr);
  if (settings.ruleFrom === 'subnet') {
    return service.subnetCidrs.filter((cidr) => usedFamilies(service).includes(familyOf(cidr)));
  }
  return settings.ruleFrom;
}

/** The IP versions that the ENI has addresses of. */
export function usedFamilies(service: Traits): readonly Family[] {
  return (['ipv4', 'ipv6'] as const).filter((family) =>
    service.addresses.some((address) => familyOf(address) === family),
  );
}

function routesOf(family: Family, service: Traits, settings: NetworkSettings): readonly DesiredRoute[] {
  const source = service.addresses.find((address) => familyOf(address) === family);
  const onLink = service.subnetCidrs
    .filter((cidr) => familyOf(cidr) === family)
    // IPv6 picks the source address by itself; a preferred one makes the kernel refuse the route during address checks.
    .map((to) => (family === 'ipv4' && source !== undefined ? { to, source } : { to }));
  const router = routerOf(family, service, settings);
  return router === undefined ? onLink : [...onLink, { to: everything(family), via: router }];
}

function routerOf(
  family: Family,
  service: Traits,
  settings: Pick<Settings, 'router'>,
): IpAddress | undefined {
  if (family === 'ipv6') return IPV6_ROUTER;
  const [subnet] = service.subnetCidrs;
  return settings.router ?? (subnet === undefined ? undefined : firstHost(subnet));
}

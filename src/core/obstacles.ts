import type { IpAddress } from './address.ts';
import { contains, familyOf } from './address.ts';
import { foreignDefaultRoutes } from './assess.ts';
import { ruleSources } from './desired.ts';
import type { Eni, Instance, Subnet, TypeLimits } from './eni.ts';
import type { Kernel } from './kernel.ts';
import { deviceWithMac } from './kernel.ts';
import { serviceOf } from './service.ts';
import type { Settings } from './settings.ts';

/** What an instance's interfaces and the ENI's addresses come to. */
export interface Occupancy {
  readonly eni: Eni;
  readonly here: Instance;
  /** Addresses of the ENI that this node can't serve: they are not among the ENI's here, and EC2 counts them. */
  readonly unserved?: readonly IpAddress[] | undefined;
}

/** What a start must know before it may take an ENI from anybody. */
export interface Situation extends Occupancy {
  /** `undefined`: nobody has told it yet. It decides nothing then but `rule_from=subnet`, which waits for it. */
  readonly subnet: Subnet | undefined;
  readonly kernel: Kernel;
  /** What this instance's type allows; `undefined` where that can't matter (see `limitsMatter`), or nobody tells. */
  readonly limits: TypeLimits | undefined;
  /** The numbers that this node's iproute2 files give to the table's name. */
  readonly tableNumbers: readonly number[];
}

/** What every instance type allows. Source: EC2 User Guide, "Maximum IP addresses per network interface". */
const LEAST_LIMITS: TypeLimits = { interfaces: 2, ipv4: 2, ipv6: 0 };

/** Whether the limits of the instance's type must be asked for: in many cases any type allows what is to come. */
export function limitsMatter(occupancy: Occupancy): boolean {
  return !isHere(occupancy.eni, occupancy.here) && limitObstacles(occupancy, LEAST_LIMITS).length > 0;
}

export function isHere(eni: Eni, here: Pick<Instance, 'id'>): boolean {
  return eni.attachment?.instanceId === here.id;
}

/**
 * Every reason why a start here could not end well, each with the next move. Empty: nothing known speaks against
 * it. All are looked at before the holder loses the ENI, and all are about this node: kind `node`.
 */
export function obstacles(situation: Situation, settings: Settings): readonly string[] {
  return [
    ...eniObstacles(situation, settings),
    ...slotObstacles(situation, settings),
    ...tableObstacles(situation, settings),
    ...captureObstacles(situation, settings),
  ];
}

export function eniObstacles({ eni, here }: Situation, settings: Settings): readonly string[] {
  const found: string[] = [];
  if (settings.ip !== undefined && !eni.addresses.includes(settings.ip)) {
    found.push(
      `eni_id ${eni.id} and ip ${settings.ip} disagree: the ENI's addresses are ${eni.addresses.join(', ')}; correct one of them or leave one out`,
    );
  }
  if (eni.requesterManaged) {
    found.push(`${eni.id} is managed by an AWS service and can't be moved; name an ENI of your own`);
  }
  if (eni.attachment?.deviceIndex === 0) {
    found.push(
      `${eni.id} is the primary interface of ${eni.attachment.instanceId} and can't be moved; name a secondary ENI`,
    );
  }
  if (eni.availabilityZone !== here.availabilityZone) {
    found.push(
      `${eni.id} is in availability zone ${eni.availabilityZone}, instance ${here.id} in ${here.availabilityZone}; an ENI can't leave its zone: use nodes of one zone`,
    );
  }
  if (here.state !== 'running') {
    found.push(
      `instance ${here.id} is ${here.state} in EC2's eyes and can't be given an ENI; look at its state in EC2`,
    );
  }
  return found;
}

export function slotObstacles(situation: Situation, settings: Settings): readonly string[] {
  const { eni, here, limits } = situation;
  if (isHere(eni, here)) return [];
  const { deviceIndex } = settings;
  if (deviceIndex !== undefined && here.deviceIndexes.includes(deviceIndex)) {
    return [
      `device_index ${deviceIndex} of instance ${here.id} is taken by another interface; leave device_index unset to use the lowest free one`,
    ];
  }
  return limits === undefined ? [] : limitObstacles(situation, limits);
}

function limitObstacles({ eni, here, unserved = [] }: Occupancy, limits: TypeLimits): readonly string[] {
  const found: string[] = [];
  if (here.interfaceCount >= limits.interfaces) {
    found.push(
      `instance ${here.id} has ${here.interfaceCount} interfaces, all that type ${here.type} allows; detach one or use a larger type`,
    );
  }
  for (const [family, name] of [
    ['ipv4', 'IPv4'],
    ['ipv6', 'IPv6'],
  ] as const) {
    const count = [...eni.addresses, ...unserved].filter((address) => familyOf(address) === family).length;
    const most = limits[family];
    if (most !== undefined && count > most) {
      found.push(
        `${eni.id} has ${count} ${name} addresses, and an interface of type ${here.type} can have ${most}; take addresses from it or use a larger type`,
      );
    }
  }
  return found;
}

export function tableObstacles(
  { eni, kernel, tableNumbers }: Situation,
  settings: Settings,
): readonly string[] {
  const { routingTable: name, routingTableId: id } = settings;
  const renamed = tableNumbers
    .filter((number) => number !== id)
    .map(
      (number) =>
        `routing_table ${name} is table ${number} on this node, not ${id}; set routing_table_id=${number} or another name`,
    );
  const foreign = foreignDefaultRoutes(kernel, deviceWithMac(kernel, eni.mac)).map(
    ({ via, device }) =>
      `table ${name} (${id}) already has a default route${via === undefined ? '' : ` via ${via}`} dev ${device} that is not this resource's; give this resource a table of its own with routing_table and routing_table_id`,
  );
  return [...renamed, ...foreign];
}

/** A rule for more than the ENI's own addresses can catch what the node itself sends: its metadata service, its cluster link. */
export function captureObstacles({ eni, subnet, kernel }: Situation, settings: Settings): readonly string[] {
  if (settings.ruleFrom === 'addresses') return [];
  if (settings.ruleFrom === 'subnet' && subnet === undefined) return [];
  const others = kernel.devices.filter((device) => device !== deviceWithMac(kernel, eni.mac));
  return ruleSources(serviceOf(eni, subnet), settings).flatMap((cidr) =>
    others.flatMap((device) =>
      device.addresses
        .filter(({ address }) => contains(cidr, address))
        .map(
          ({ address }) =>
            `a rule from ${cidr} would catch this node's own traffic from ${address} on ${device.name}, the metadata service's included; use rule_from=addresses, or an ENI in another subnet`,
        ),
    ),
  );
}

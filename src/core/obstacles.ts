import { contains } from './address.ts';
import { foreignDefaultRoutes } from './assess.ts';
import { ruleSources } from './desired.ts';
import type { Eni, Instance, Subnet } from './eni.ts';
import type { Kernel } from './kernel.ts';
import { deviceWithMac } from './kernel.ts';
import { serviceOf } from './service.ts';
import type { Settings } from './settings.ts';

/** What a start must know before it may take an ENI from anybody. */
export interface Situation {
  readonly eni: Eni;
  readonly subnet: Subnet;
  readonly here: Instance;
  readonly kernel: Kernel;
  /** How many interfaces this instance's type allows; `undefined` where that can't matter (see `limitMatters`). */
  readonly interfaceLimit: number | undefined;
  /** The numbers that this node's iproute2 files give to the table's name. */
  readonly tableNumbers: readonly number[];
}

/** Every instance type has at least this many interfaces. Source: EC2 User Guide, "Maximum IP addresses per network interface". */
const SMALLEST_INTERFACE_LIMIT = 2;

/** Whether the interface limit of the instance's type must be asked for: one interface more always fits in many cases. */
export function limitMatters(eni: Eni, here: Instance): boolean {
  return !isHere(eni, here) && here.interfaceCount >= SMALLEST_INTERFACE_LIMIT;
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

export function slotObstacles(
  { eni, here, interfaceLimit }: Situation,
  settings: Settings,
): readonly string[] {
  if (isHere(eni, here)) return [];
  const { deviceIndex } = settings;
  if (deviceIndex !== undefined && here.deviceIndexes.includes(deviceIndex)) {
    return [
      `device_index ${deviceIndex} of instance ${here.id} is taken by another interface; leave device_index unset to use the lowest free one`,
    ];
  }
  if (interfaceLimit !== undefined && here.interfaceCount >= interfaceLimit) {
    return [
      `instance ${here.id} has ${here.interfaceCount} interfaces, all that type ${here.type} allows; detach one or use a larger type`,
    ];
  }
  return [];
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

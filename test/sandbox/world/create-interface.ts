import ipaddr from 'ipaddr.js';
import { Ec2Refusal } from './ec2-refusal.ts';
import { replaceEni } from './replace.ts';
import { requirePermission, resourceOf } from './require-permission.ts';
import type { Eni, Subnet, WorldState } from './world-state.ts';

export interface CreateRequest {
  readonly caller: string | undefined;
  readonly subnetId: string;
  /** The first is the primary one. Empty: the lowest free address. */
  readonly addresses: readonly string[];
  /** Empty: the VPC's default group. */
  readonly groups: readonly string[];
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly clientToken: string;
  readonly dryRun: boolean;
}

/** The first four addresses of a subnet and its last one. Source: Amazon VPC User Guide, "Subnet CIDR blocks". */
const RESERVED_FIRST = 4;

/**
 * CreateNetworkInterface.
 * @throws {Ec2Refusal} and nothing has changed
 */
export function createInterface(
  state: WorldState,
  request: CreateRequest,
): { readonly state: WorldState; readonly eni: Eni } {
  const { caller, subnetId, clientToken, dryRun, tags } = request;
  authorize(state, request, caller, dryRun);
  const words = JSON.stringify({ ...request, caller: '', dryRun: false });
  const earlier = Object.values(state.enis).find(({ creation }) => creation?.clientToken === clientToken);
  if (earlier !== undefined) {
    if (earlier.creation?.request === words) return { state, eni: earlier };
    throw new Ec2Refusal(
      'IdempotentParameterMismatch',
      'The client token you have provided is associated with a resource that has different parameters.',
    );
  }
  const subnet = state.subnets[subnetId];
  if (subnet === undefined) {
    throw new Ec2Refusal('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`);
  }
  const groups = request.groups.length > 0 ? request.groups : Object.keys(state.securityGroups).slice(0, 1);
  const strange = groups.find((id) => state.securityGroups[id] === undefined);
  if (strange !== undefined) {
    throw new Ec2Refusal('InvalidGroup.NotFound', `The security group '${strange}' does not exist`);
  }
  const number = Object.keys(state.enis).length;
  const eni: Eni = {
    id: `eni-0c${number.toString(16).padStart(15, '0')}`,
    mac: `02:0c:00:00:00:${number.toString(16).padStart(2, '0')}`,
    subnetId,
    description: request.description,
    ipv4: addressesFor(state, subnet, request.addresses),
    ipv6: [],
    interfaceType: 'interface',
    requesterManaged: false,
    sourceDestCheck: true,
    groups,
    tags,
    creation: { clientToken, request: words },
    attachment: undefined,
  };
  return { state: replaceEni(state, eni), eni };
}

/** The ENI to be, its subnet and its groups are all asked about; tags are a call of their own. */
function authorize(
  state: WorldState,
  request: CreateRequest,
  caller: string | undefined,
  dryRun: boolean,
): void {
  const { subnetId, groups, tags } = request;
  const eni = resourceOf('network-interface', '*');
  const isTagged = Object.keys(tags).length > 0;
  const resources = [
    eni,
    resourceOf('subnet', subnetId),
    ...groups.map((id) => resourceOf('security-group', id)),
  ];
  requirePermission(state, caller, 'CreateNetworkInterface', dryRun && !isTagged, {
    resources,
    requestTags: tags,
  });
  if (isTagged) {
    requirePermission(state, caller, 'CreateTags', dryRun, {
      resources: [eni],
      requestTags: tags,
      createAction: 'CreateNetworkInterface',
    });
  }
}

function addressesFor(state: WorldState, subnet: Subnet, wanted: readonly string[]): Eni['ipv4'] {
  const inUse = Object.values(state.enis).flatMap(({ subnetId, ipv4 }) =>
    subnetId === subnet.id ? ipv4 : [],
  );
  const [network, length] = ipaddr.IPv4.parseCIDR(subnet.cidr);
  const base = network.toByteArray().reduce((sum, octet) => sum * 256 + octet, 0);
  const last = base + 2 ** (32 - length) - 1;
  for (const address of wanted) {
    const number = ipaddr.IPv4.parse(address)
      .toByteArray()
      .reduce((sum, octet) => sum * 256 + octet, 0);
    if (number < base || number > last) {
      throw new Ec2Refusal(
        'InvalidParameterValue',
        `Address ${address} does not fall within the subnet's address range`,
      );
    }
    if (number < base + RESERVED_FIRST || number === last) {
      throw new Ec2Refusal(
        'InvalidParameterValue',
        `Address ${address} is in subnet's reserved address range`,
      );
    }
    if (inUse.includes(address)) {
      throw new Ec2Refusal('InvalidIPAddress.InUse', `The specified address ${address} is already in use.`);
    }
  }
  const [first, ...others] = wanted;
  if (first !== undefined) return [first, ...others];
  for (let number = base + RESERVED_FIRST; number < last; number += 1) {
    const address = [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.');
    if (!inUse.includes(address)) return [address];
  }
  throw new Ec2Refusal('InsufficientFreeAddressesInSubnet', `${subnet.id} has no free address`);
}

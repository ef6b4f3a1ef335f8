import { ACCOUNT } from '../plan-vpc.ts';
import type { Attachment, Eni } from '../world/world-state.ts';
import type { CallContext } from './action.ts';
import { describing } from './describing.ts';
import type { Tree } from './xml-answer.ts';
import { setOf } from './xml-answer.ts';

interface Described {
  readonly eni: Eni;
  readonly availabilityZone: string;
  readonly vpcId: string;
}

/** DescribeNetworkInterfaces. Elements: EC2 API reference, NetworkInterface. */
export const describeNetworkInterfaces = describing<Described>({
  action: 'DescribeNetworkInterfaces',
  ids: 'NetworkInterfaceId',
  idForm: /^eni-[0-9a-f]{8,17}$/,
  malformed: 'InvalidNetworkInterfaceId.Malformed',
  notFound: ['InvalidNetworkInterfaceID.NotFound', 'networkInterface ID'],
  idOf: ({ eni }) => eni.id,
  all: ({ world, nowMs }, view) => {
    const { subnets } = world.actual(nowMs);
    return Object.values(view.enis).map((eni) => ({
      eni,
      availabilityZone: subnets[eni.subnetId]?.availabilityZone ?? '',
      vpcId: subnets[eni.subnetId]?.vpcId ?? '',
    }));
  },
  filters: {
    'network-interface-id': ({ eni }) => [eni.id],
    'addresses.private-ip-address': ({ eni }) => eni.ipv4,
    'private-ip-address': ({ eni }) => eni.ipv4,
    'ipv6-addresses.ipv6-address': ({ eni }) => eni.ipv6,
    'mac-address': ({ eni }) => [eni.mac],
    'subnet-id': ({ eni }) => [eni.subnetId],
    'vpc-id': ({ vpcId }) => [vpcId],
    'availability-zone': ({ availabilityZone }) => [availabilityZone],
    status: ({ eni }) => [statusOfEni(eni)],
    'attachment.attachment-id': ({ eni }) => [eni.attachment?.id],
    'attachment.instance-id': ({ eni }) => [eni.attachment?.instanceId],
    'attachment.status': ({ eni }) => [eni.attachment?.status],
    'group-id': ({ eni }) => eni.groups,
  },
  render: (things, context) => ({
    networkInterfaceSet: setOf(things.map(({ eni, ...place }) => renderInterface(eni, place, context))),
  }),
});

/** NetworkInterfaceStatus. While an ENI attaches EC2 already calls it in use. */
export function statusOfEni({ attachment }: Eni): string {
  if (attachment === undefined) return 'available';
  return attachment.status === 'detaching' ? 'detaching' : 'in-use';
}

/** Element networkInterface. */
export function renderInterface(
  eni: Eni,
  { availabilityZone, vpcId }: Omit<Described, 'eni'>,
  context: CallContext,
): Tree {
  return {
    networkInterfaceId: eni.id,
    subnetId: eni.subnetId,
    vpcId,
    availabilityZone,
    description: eni.description,
    ownerId: ACCOUNT.ownerId,
    ...(eni.requesterManaged ? { requesterId: 'amazon-elb' } : {}),
    requesterManaged: eni.requesterManaged,
    status: statusOfEni(eni),
    macAddress: eni.mac,
    privateIpAddress: eni.ipv4[0],
    privateDnsName: dnsNameOf(eni.ipv4[0]),
    sourceDestCheck: eni.sourceDestCheck,
    groupSet: groupSet(eni.groups),
    ...(eni.attachment === undefined ? {} : { attachment: renderAttachment(eni.attachment, context) }),
    tagSet: tagSet(eni.tags),
    privateIpAddressesSet: addressSet(eni),
    ipv6AddressesSet: setOf(eni.ipv6.map((ipv6Address) => ({ ipv6Address, isPrimaryIpv6: false }))),
    interfaceType: eni.interfaceType,
  };
}

function renderAttachment(attachment: Attachment, context: CallContext): Tree {
  return {
    attachmentId: attachment.id,
    instanceId: attachment.instanceId,
    instanceOwnerId: ACCOUNT.ownerId,
    deviceIndex: attachment.deviceIndex,
    networkCardIndex: 0,
    status: attachment.status,
    attachTime: context.dateOf(attachment.sinceMs),
    deleteOnTermination: attachment.deleteOnTermination,
  };
}

export function addressSet(eni: Eni): Tree | string {
  return setOf(
    eni.ipv4.map((privateIpAddress, index) => ({
      privateIpAddress,
      privateDnsName: dnsNameOf(privateIpAddress),
      primary: index === 0,
    })),
  );
}

export function groupSet(ids: readonly string[]): Tree | string {
  return setOf(ids.map((groupId) => ({ groupId, groupName: 'default' })));
}

export function tagSet(tags: Readonly<Record<string, string>>): Tree | string {
  return setOf(Object.entries(tags).map(([key, value]) => ({ key, value })));
}

export function dnsNameOf(address: string): string {
  return `ip-${address.replaceAll('.', '-')}.${ACCOUNT.region}.compute.internal`;
}

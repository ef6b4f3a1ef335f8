import { ACCOUNT, ZONES } from '../plan-vpc.ts';
import type { Subnet } from '../world/world-state.ts';
import { describing } from './describing.ts';
import type { Tree } from './xml-answer.ts';
import { setOf } from './xml-answer.ts';

/** DescribeSubnets. Elements: EC2 API reference, Subnet. */
export const describeSubnets = describing<Subnet>({
  action: 'DescribeSubnets',
  ids: 'SubnetId',
  idForm: /^subnet-[0-9a-f]{8,17}$/,
  malformed: 'InvalidSubnetId.Malformed',
  notFound: ['InvalidSubnetID.NotFound', 'subnet ID'],
  idOf: ({ id }) => id,
  all: ({ world, nowMs }) => Object.values(world.actual(nowMs).subnets),
  filters: {
    'subnet-id': ({ id }) => [id],
    'vpc-id': ({ vpcId }) => [vpcId],
    'availability-zone': ({ availabilityZone }) => [availabilityZone],
    'cidr-block': ({ cidr }) => [cidr],
  },
  render: (things) => ({ subnetSet: setOf(things.map(render)) }),
});

function render({ id, vpcId, cidr, ipv6Cidrs, availabilityZone }: Subnet): Tree {
  const zone = Object.values(ZONES).find(({ name }) => name === availabilityZone);
  return {
    subnetId: id,
    subnetArn: `arn:${ACCOUNT.partition}:ec2:${ACCOUNT.region}:${ACCOUNT.ownerId}:subnet/${id}`,
    state: 'available',
    ownerId: ACCOUNT.ownerId,
    vpcId,
    cidrBlock: cidr,
    ipv6CidrBlockAssociationSet: setOf(
      ipv6Cidrs.map((ipv6CidrBlock, index) => ({
        ipv6CidrBlock,
        associationId: `subnet-cidr-assoc-${id.slice('subnet-'.length)}${index}`,
        ipv6CidrBlockState: { state: 'associated' },
      })),
    ),
    availableIpAddressCount: 250,
    availabilityZone,
    availabilityZoneId: zone?.id,
    defaultForAz: false,
    mapPublicIpOnLaunch: false,
    mapCustomerOwnedIpOnLaunch: false,
    assignIpv6AddressOnCreation: false,
    ipv6Native: false,
    tagSet: '',
  };
}

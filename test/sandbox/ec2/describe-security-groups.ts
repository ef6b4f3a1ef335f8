import { ACCOUNT } from '../plan-vpc.ts';
import type { SecurityGroup } from '../world/world-state.ts';
import { describing } from './describing.ts';
import type { Tree } from './xml-answer.ts';
import { setOf } from './xml-answer.ts';

/** DescribeSecurityGroups. Elements: EC2 API reference, SecurityGroup. */
export const describeSecurityGroups = describing<SecurityGroup>({
  action: 'DescribeSecurityGroups',
  ids: 'GroupId',
  idForm: /^sg-[0-9a-f]{8,17}$/,
  malformed: 'InvalidGroupId.Malformed',
  notFound: ['InvalidGroup.NotFound', 'security group'],
  idOf: ({ id }) => id,
  all: ({ world, nowMs }) => Object.values(world.actual(nowMs).securityGroups),
  filters: { 'group-id': ({ id }) => [id], 'group-name': ({ name }) => [name] },
  render: (things) => ({ securityGroupInfo: setOf(things.map(render)) }),
});

function render({ id, name, admits }: SecurityGroup): Tree {
  const all = {
    ipProtocol: '-1',
    groups: '',
    ipRanges: setOf([{ cidrIp: ACCOUNT.vpcCidr }]),
    ipv6Ranges: '',
    prefixListIds: '',
  };
  return {
    ownerId: ACCOUNT.ownerId,
    groupId: id,
    groupName: name,
    groupDescription: name,
    vpcId: ACCOUNT.vpcId,
    ipPermissions: setOf(admits ? [all] : []),
    ipPermissionsEgress: setOf([{ ...all, ipRanges: setOf([{ cidrIp: '0.0.0.0/0' }]) }]),
    tagSet: '',
  };
}

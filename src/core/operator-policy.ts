import type { PolicyDocument, Tag } from './iam-policy.ts';
import { arnOf } from './iam-policy.ts';
import type { SubnetId } from './ids.ts';

/** What a person is for who makes ENIs by the command `create`, and is not the nodes. */
export interface OperatorPermitted {
  readonly region: string;
  readonly accountId: string;
  readonly subnetId: SubnetId;
  /** At least one. */
  readonly securityGroupIds: readonly string[];
  /** By which the nodes' role may move an ENI; `undefined`: by nothing but its id. */
  readonly movingTag: Tag | undefined;
}

/**
 * No more than `create` calls, in one subnet and with these security groups. The tag that has the nodes move an ENI can't be
 * set by it: who may create and tag ENIs could else have the nodes take whatever is made.
 */
export function operatorPolicy(permitted: OperatorPermitted): PolicyDocument {
  const { region, subnetId, securityGroupIds, movingTag } = permitted;
  const eni = arnOf(permitted, 'network-interface', '*');
  const groups = [...new Set(securityGroupIds)].map((id) => arnOf(permitted, 'security-group', id));
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Look',
        Effect: 'Allow',
        Action: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'],
        Resource: '*',
        Condition: { StringEquals: { 'ec2:Region': region } },
      },
      {
        Sid: 'Create',
        Effect: 'Allow',
        Action: 'ec2:CreateNetworkInterface',
        Resource: [eni, ...groups, arnOf(permitted, 'subnet', subnetId)],
      },
      {
        Sid: 'TagWhatIsCreated',
        Effect: 'Allow',
        Action: 'ec2:CreateTags',
        Resource: eni,
        Condition: {
          StringEquals: { 'ec2:CreateAction': 'CreateNetworkInterface' },
          // IAM compares the keys of tags without regard to case where it asks whether a resource has one.
          ...(movingTag === undefined
            ? {}
            : { 'ForAllValues:StringNotEqualsIgnoreCase': { 'aws:TagKeys': movingTag.key } }),
        },
      },
    ],
  };
}

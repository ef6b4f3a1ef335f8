import type { EniId, InstanceId } from './ids.ts';

/** A tag, as a condition or as what is put on something. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** What a role is for. */
export interface Permitted {
  readonly region: string;
  readonly accountId: string;
  /** The ENI of the service; `undefined`: every ENI with `tag`. */
  readonly eniId: EniId | undefined;
  /** The cluster's nodes; empty: every instance with `tag`. */
  readonly instanceIds: readonly InstanceId[];
  readonly tag: Tag | undefined;
  /** Commands that are to work besides the agent. */
  readonly commands: readonly PermittedCommand[];
  /** The actions of AWS's recipe in place of the agent's own: it does without the rest, with a warning. */
  readonly isRecipe: boolean;
}

/** Commands that call more of EC2 than the agent does. What an operator does elsewhere is no business of the nodes' role. */
export const permittedCommands = ['doctor'] as const;
export type PermittedCommand = (typeof permittedCommands)[number];

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<
    Partial<
      Record<'StringEquals' | 'ForAllValues:StringNotEqualsIgnoreCase', Readonly<Record<string, string>>>
    >
  >;
}

/** An identity-based policy. Source: IAM User Guide, "IAM JSON policy reference". */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/**
 * How long all inline policies of a role together can be, white space not counted.
 * Source: IAM User Guide, "IAM and AWS STS quotas".
 */
export const MAX_POLICY_LENGTH = 10_240;

/** Calls that name nothing in particular: IAM knows no resources for them. Source: Service Authorization Reference, EC2. */
const DESCRIBES = [
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeInstances',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
] as const;

/** What the recipe's policy has, for people who may not change it. */
const RECIPE_DESCRIBES = [
  'ec2:DescribeInstanceStatus',
  'ec2:DescribeInstances',
  'ec2:DescribeNetworkInterfaceAttribute',
  'ec2:DescribeNetworkInterfaces',
] as const;

/** Each is allowed only where both the ENI and the instance are. */
const MOVES = ['ec2:AttachNetworkInterface', 'ec2:DetachNetworkInterface'] as const;

/**
 * No more than the agent calls, on no more than this ENI and these instances: or, where there is a tag instead, on what
 * has it.
 */
export function iamPolicy(permitted: Permitted): PolicyDocument {
  const { commands, isRecipe } = permitted;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Look',
        Effect: 'Allow',
        Action: [
          ...(isRecipe ? RECIPE_DESCRIBES : DESCRIBES),
          ...(commands.includes('doctor') ? ['ec2:DescribeSecurityGroups'] : []),
        ].toSorted(),
        Resource: '*',
        Condition: { StringEquals: { 'ec2:Region': permitted.region } },
      },
      ...moves(permitted),
    ],
  };
}

function moves(permitted: Permitted): readonly Statement[] {
  const { eniId, instanceIds, tag } = permitted;
  const eni = arnOf(permitted, 'network-interface', eniId ?? '*');
  const instances = [...new Set(instanceIds)].map((id) => arnOf(permitted, 'instance', id));
  const move = { Effect: 'Allow', Action: MOVES } as const;
  if (tag === undefined) return [{ Sid: 'Move', ...move, Resource: [eni, ...instances] }];
  // A condition is asked of each resource by itself: what is named needs no tag, what is not must have it.
  const tagged = [
    ...(eniId === undefined ? [eni] : []),
    ...(instances.length === 0 ? [arnOf(permitted, 'instance', '*')] : []),
  ];
  const named = [...(eniId === undefined ? [] : [eni]), ...instances];
  return [
    ...(named.length === 0 ? [] : [{ Sid: 'MoveNamed', ...move, Resource: named }]),
    ...(tagged.length === 0
      ? []
      : [
          {
            Sid: 'MoveTagged',
            ...move,
            Resource: tagged,
            Condition: { StringEquals: { [`ec2:ResourceTag/${tag.key}`]: tag.value } },
          },
        ]),
  ];
}

/** Of a thing of EC2's. */
export function arnOf(
  { region, accountId }: Pick<Permitted, 'region' | 'accountId'>,
  type: string,
  id: string,
): string {
  return `arn:${partitionOf(region)}:ec2:${region}:${accountId}:${type}/${id}`;
}

/** By the beginning of a region's name. Source: AWS SDKs, partitions. */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
];

/** The part of AWS with identities of its own that a region is in. */
export function partitionOf(region: string): string {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

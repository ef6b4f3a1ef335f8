import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Permitted } from '../../src/core/iam-policy.ts';
import { iamPolicy, partitionOf } from '../../src/core/iam-policy.ts';
import { operatorPolicy } from '../../src/core/operator-policy.ts';
import { parsePolicy } from '../sandbox/iam/policy.ts';

const nodes: Permitted = {
  region: 'eu-central-1',
  accountId: '111122223333',
  eniId: 'eni-0a1b2c3d4e5f60718',
  instanceIds: ['i-0aaaaaaaaaaaaaaaa', 'i-0bbbbbbbbbbbbbbbb'],
  tag: undefined,
  commands: [],
  isRecipe: false,
};
const tag = { key: 'cluster', value: 'prod' };

test('the README has what the command prints', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(JSON.parse(json)).toEqual(iamPolicy(nodes));
});

test.each([
  ['eu-central-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['us-east-1', 'aws'],
])('%s is in partition %s', (region, partition) => {
  expect(partitionOf(region)).toBe(partition);
  const arns = JSON.stringify(iamPolicy({ ...nodes, region })).match(/arn:[a-z-]+:ec2:[a-z0-9-]+/g);
  expect(new Set(arns)).toEqual(new Set([`arn:${partition}:ec2:${region}`]));
});

test('the recipe’s are six actions, on the same resources', () => {
  const recipe = iamPolicy({ ...nodes, isRecipe: true });
  expect(recipe.Statement.flatMap(({ Action }) => Action).toSorted()).toEqual([
    'ec2:AttachNetworkInterface',
    'ec2:DescribeInstanceStatus',
    'ec2:DescribeInstances',
    'ec2:DescribeNetworkInterfaceAttribute',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DetachNetworkInterface',
  ]);
  expect(recipe.Statement.map(({ Resource }) => Resource)).toEqual(
    iamPolicy(nodes).Statement.map(({ Resource }) => Resource),
  );
});

test('an instance that is given twice is there once', () => {
  const [first, second] = nodes.instanceIds as ['i-0aaaaaaaaaaaaaaaa', 'i-0bbbbbbbbbbbbbbbb'];
  expect(iamPolicy({ ...nodes, instanceIds: [first, second, first] })).toEqual(iamPolicy(nodes));
});

describe('a tag stands for what is not named, and only for that', () => {
  const resources = (permitted: Permitted) =>
    iamPolicy(permitted)
      .Statement.slice(1)
      .map(({ Resource, Condition }) => [
        [Resource].flat().map((arn) => arn.split(':')[5]),
        Condition !== undefined,
      ]);
  test('neither ENI nor instances are named', () => {
    expect(resources({ ...nodes, eniId: undefined, instanceIds: [], tag })).toEqual([
      [['network-interface/*', 'instance/*'], true],
    ]);
  });
  test('the ENI is named', () => {
    expect(resources({ ...nodes, instanceIds: [], tag })).toEqual([
      [['network-interface/eni-0a1b2c3d4e5f60718'], false],
      [['instance/*'], true],
    ]);
  });
  test('the instances are named', () => {
    expect(resources({ ...nodes, eniId: undefined, tag })).toEqual([
      [['instance/i-0aaaaaaaaaaaaaaaa', 'instance/i-0bbbbbbbbbbbbbbbb'], false],
      [['network-interface/*'], true],
    ]);
  });
});

test.each<[string, Partial<Permitted>]>([
  ['the least', {}],
  ['everything', { commands: ['doctor'] }],
  [
    'a tag',
    {
      eniId: undefined,
      instanceIds: [],
      tag: { key: 'a/b:c', value: 'ä ö=@' },
      commands: ['doctor'],
    },
  ],
  [
    'as many nodes as a cluster can have',
    { instanceIds: Array.from({ length: 32 }, (_, at) => `i-${String(at).padStart(17, '0')}` as const) },
  ],
])('IAM takes %s', (_what, change) => {
  expect(() => parsePolicy(JSON.stringify(iamPolicy({ ...nodes, ...change })))).not.toThrow();
});

test.each([undefined, tag])('IAM takes an operator’s, with the tag %o', (movingTag) => {
  const operator = {
    region: 'eu-central-1',
    accountId: '111122223333',
    subnetId: 'subnet-0aaaaaaaaaaaaaaaa',
    securityGroupIds: ['sg-0bbbbbbbbbbbbbbbb', 'sg-0cccccccccccccccc', 'sg-0bbbbbbbbbbbbbbbb'],
    movingTag,
  } as const;
  const policy = operatorPolicy(operator);
  expect(() => parsePolicy(JSON.stringify(policy))).not.toThrow();
  const actions = policy.Statement.flatMap(({ Action }) => Action);
  // Nothing that moves an ENI, and nothing that is done to what is there already.
  expect(actions.filter((action) => !action.startsWith('ec2:Describe'))).toEqual([
    'ec2:CreateNetworkInterface',
    'ec2:CreateTags',
  ]);
  expect(JSON.stringify(policy)).not.toMatch(/(?:subnet|security-group)\/\*/);
});

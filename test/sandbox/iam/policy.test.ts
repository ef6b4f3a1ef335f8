import { describe, expect, test } from 'vitest';
import type { Asked } from './policy.ts';
import { allows, MalformedPolicyDocument, parsePolicy } from './policy.ts';

const ENI = 'arn:aws:ec2:eu-central-1:123456789012:network-interface/eni-0a1b2c3d4e5f60718';
const INSTANCE = 'arn:aws:ec2:eu-central-1:123456789012:instance/i-0aaaaaaaaaaaaaaaa';

const document = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const attach: Asked = {
  action: 'ec2:AttachNetworkInterface',
  region: 'eu-central-1',
  resources: [
    { arn: ENI, tags: {} },
    { arn: INSTANCE, tags: { cluster: 'one' } },
  ],
};
const allowed = (asked: Asked, ...statements: readonly object[]): boolean =>
  allows(parsePolicy(document(...statements)), asked);

describe('an action is allowed', () => {
  const action = { Effect: 'Allow', Action: 'ec2:AttachNetworkInterface' };
  test('when every resource of it is, in one statement or in several', () => {
    expect(allowed(attach, { ...action, Resource: [ENI, INSTANCE] })).toBe(true);
    expect(allowed(attach, { ...action, Resource: ENI })).toBe(false);
    expect(allowed(attach, { ...action, Resource: ENI }, { ...action, Resource: INSTANCE })).toBe(true);
    expect(allowed(attach, { ...action, Resource: '*' })).toBe(true);
  });
  test('by wildcards', () => {
    expect(
      allowed(attach, { ...action, Action: 'ec2:Attach*', Resource: [ENI, INSTANCE.replace(/i-.*/, '*')] }),
    ).toBe(true);
    expect(allowed(attach, { ...action, Action: 'ec2:Detach*', Resource: '*' })).toBe(false);
  });
  test('under its conditions, of each resource by itself', () => {
    const tagged = { ...action, Condition: { StringEquals: { 'ec2:ResourceTag/cluster': 'one' } } };
    expect(allowed(attach, { ...tagged, Resource: '*' })).toBe(false);
    expect(allowed(attach, { ...tagged, Resource: INSTANCE }, { ...action, Resource: ENI })).toBe(true);
    const elsewhere = { ...action, Condition: { StringEquals: { 'ec2:Region': 'us-east-1' } } };
    expect(allowed(attach, { ...elsewhere, Resource: '*' })).toBe(false);
  });
  test('that knows no resources, by a star alone', () => {
    const describe: Asked = { action: 'ec2:DescribeSubnets', region: 'eu-central-1', resources: [] };
    expect(allowed(describe, { Effect: 'Allow', Action: 'ec2:DescribeSubnets', Resource: '*' })).toBe(true);
    expect(allowed(describe, { Effect: 'Allow', Action: 'ec2:DescribeSubnets', Resource: ENI })).toBe(false);
  });
});

test.each([
  ['no JSON', '{'],
  [
    'another version',
    '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}',
  ],
  ['no statement', document()],
  ['a statement that is none', '{"Version":"2012-10-17","Statement":["all"]}'],
  ['an element that IAM does not know', document({ Effect: 'Allow', Actions: 'ec2:*', Resource: '*' })],
  ['no effect', document({ Action: 'ec2:*', Resource: '*' })],
  ['an action that is none', document({ Effect: 'Allow', Action: 'AttachNetworkInterface', Resource: '*' })],
  [
    'a resource that is none',
    document({ Effect: 'Allow', Action: 'ec2:*', Resource: 'eni-0a1b2c3d4e5f60718' }),
  ],
  [
    'a condition that is none',
    document({
      Effect: 'Allow',
      Action: 'ec2:*',
      Resource: '*',
      Condition: { StringEquals: { Region: 'x' } },
    }),
  ],
  [
    'one Sid twice',
    document(
      { Sid: 'A', Effect: 'Allow', Action: 'ec2:*', Resource: '*' },
      { Sid: 'A', Effect: 'Allow', Action: 'ec2:*', Resource: '*' },
    ),
  ],
  ['an empty list', document({ Effect: 'Allow', Action: [], Resource: '*' })],
])('%s is refused', (_what, text) => {
  expect(() => parsePolicy(text)).toThrow(MalformedPolicyDocument);
});

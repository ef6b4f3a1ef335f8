import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BUN } from '../programs.ts';
import type { Sandbox } from '../sandbox.ts';
import { startSandbox } from '../sandbox.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../sandbox-options.ts';

const CALL = fileURLToPath(new URL('ec2-call.ts', import.meta.url));
const SUBNET = 'subnet-0a000000000000002';
const GROUP = 'sg-05ec0000000000000';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({
    latencies: { callMs: 0, attachMs: 1, deviceMs: 1, staleMs: 0 },
    rename: 'never',
  });
});
afterEach(async () => {
  await sandbox.setPermissions(NODE_A, 'all');
  await sandbox.place(SERVICE_ENI, 'available');
});
afterAll(async () => {
  expect(await sandbox.violations()).toEqual([]);
  await sandbox.close();
});

interface Outcome {
  readonly answer?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly error?: { readonly code: string };
}

async function call(command: string, input: object): Promise<Outcome> {
  const args = ['--no-env-file', CALL, command, JSON.stringify(input)];
  const { stdout, stderr } = await sandbox.nodes.a.exec(BUN, args);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Outcome;
}

describe('CreateNetworkInterface', () => {
  const whole = {
    SubnetId: SUBNET,
    PrivateIpAddresses: [
      { PrivateIpAddress: '10.2.0.51', Primary: false },
      { PrivateIpAddress: '10.2.0.50', Primary: true },
    ],
    Groups: [GROUP],
    Description: 'made by a test',
    TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'cluster', Value: 'one' }] }],
    ClientToken: 'whole',
  };

  test('makes what was asked for, once for each client token', async () => {
    const first = (await call('CreateNetworkInterface', whole)).answer?.['NetworkInterface'];
    expect(first).toMatchObject({
      Status: 'pending',
      Description: 'made by a test',
      PrivateIpAddress: '10.2.0.50',
      TagSet: [{ Key: 'cluster', Value: 'one' }],
    });
    const again = (await call('CreateNetworkInterface', whole)).answer?.['NetworkInterface'];
    expect(again?.['NetworkInterfaceId']).toBe(first?.['NetworkInterfaceId']);
    const other = await call('CreateNetworkInterface', { ...whole, Description: 'another' });
    expect(other.error?.code).toBe('IdempotentParameterMismatch');
  });

  test('finds a free address where none is given', async () => {
    const { answer } = await call('CreateNetworkInterface', { SubnetId: SUBNET, ClientToken: 'free' });
    expect(answer?.['NetworkInterface']?.['PrivateIpAddress']).toBe('10.2.0.4');
  });

  test.each([
    ['InvalidSubnetID.NotFound', { SubnetId: 'subnet-0f00000000000000f' }],
    ['InvalidGroup.NotFound', { SubnetId: SUBNET, Groups: ['sg-0f00000000000000f'] }],
    ['InvalidParameterValue', { SubnetId: SUBNET, PrivateIpAddress: '10.9.0.50' }],
    ['InvalidParameterValue', { SubnetId: SUBNET, PrivateIpAddress: '10.2.0.3' }],
    ['InvalidParameterValue', { SubnetId: SUBNET, PrivateIpAddress: '10.2.0.255' }],
    ['InvalidIPAddress.InUse', { SubnetId: SUBNET, PrivateIpAddress: '10.2.0.10' }],
    [
      'InvalidParameterCombination',
      { SubnetId: SUBNET, PrivateIpAddresses: [{ PrivateIpAddress: '10.2.0.60' }] },
    ],
    ['DryRunOperation', { SubnetId: SUBNET, DryRun: true }],
  ])('refuses with %s: %j', async (code, input) => {
    const { error } = await call('CreateNetworkInterface', {
      ...input,
      ClientToken: JSON.stringify(input).slice(0, 64),
    });
    expect(error?.code).toBe(code);
  });
});

describe('a role with a policy', () => {
  const arn = (resource: string): string => `arn:aws:ec2:eu-central-1:123456789012:${resource}`;
  const describes = { Effect: 'Allow', Action: 'ec2:Describe*', Resource: '*' };
  const attaches = {
    Effect: 'Allow',
    Action: ['ec2:AttachNetworkInterface', 'ec2:DetachNetworkInterface'],
    Resource: [arn(`network-interface/${SERVICE_ENI}`), arn(`instance/${NODE_A}`)],
  };
  const permit = (...Statement: readonly object[]): Promise<void> =>
    sandbox.setPermissions(NODE_A, { policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
  const attach = (InstanceId: string): Promise<Outcome> =>
    call('AttachNetworkInterface', {
      NetworkInterfaceId: SERVICE_ENI,
      InstanceId,
      DeviceIndex: 1,
      DryRun: true,
    });

  test('may do what it says and nothing else', async () => {
    await permit(describes, attaches);
    expect((await attach(NODE_A)).error?.code).toBe('DryRunOperation');
    expect((await attach(NODE_B)).error?.code).toBe('UnauthorizedOperation');
    expect((await call('CreateNetworkInterface', { SubnetId: SUBNET, ClientToken: 'x' })).error?.code).toBe(
      'UnauthorizedOperation',
    );
    const gone = await call('DetachNetworkInterface', { AttachmentId: 'eni-attach-0ffffffffffffffff' });
    expect(gone.error?.code).toBe('UnauthorizedOperation');
  });

  test('by the tags that instances have', async () => {
    const { Resource: _, ...action } = attaches;
    const ofCluster = {
      ...action,
      Resource: arn('instance/*'),
      Condition: { StringEquals: { 'ec2:ResourceTag/cluster': 'one' } },
    };
    await permit({ ...action, Resource: arn(`network-interface/${SERVICE_ENI}`) }, ofCluster);
    expect((await attach(NODE_A)).error?.code).toBe('UnauthorizedOperation');
    await sandbox.edit({ instance: NODE_A, tags: { cluster: 'one' } });
    expect((await attach(NODE_A)).error?.code).toBe('DryRunOperation');
  });

  test('that is none is not taken', async () => {
    await expect(sandbox.setPermissions(NODE_A, { policy: '{}' })).rejects.toThrow();
  });
});

test('what somebody changed in the console is described', async () => {
  await sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
  await sandbox.edit({ eni: SERVICE_ENI, sourceDestCheck: false, groups: [], deleteOnTermination: true });
  await sandbox.edit({ instance: NODE_A, metadataOptions: { httpTokens: 'optional', hopLimit: 2 } });
  await sandbox.edit({ group: GROUP, admits: false });
  const { answer } = await call('DescribeNetworkInterfaces', { NetworkInterfaceIds: [SERVICE_ENI] });
  expect(answer?.['NetworkInterfaces']).toMatchObject([
    { SourceDestCheck: false, Groups: [], Attachment: { DeleteOnTermination: true } },
  ]);
  const instances = await call('DescribeInstances', { InstanceIds: [NODE_A] });
  expect(instances.answer?.['Reservations']).toMatchObject([
    { Instances: [{ MetadataOptions: { HttpTokens: 'optional', HttpPutResponseHopLimit: 2 } }] },
  ]);
  const groups = await call('DescribeSecurityGroups', { GroupIds: [GROUP] });
  expect(groups.answer?.['SecurityGroups']).toMatchObject([{ GroupId: GROUP, IpPermissions: [] }]);
});

test('two ENIs with one MAC are no VPC', async () => {
  const moreEnis = [
    { id: 'eni-0fffffffb2c3d4e5f60718'.slice(0, 7) + SERVICE_ENI.slice(7), ipv4: ['10.2.0.20'] as const },
  ];
  await expect(startSandbox({ moreEnis })).rejects.toThrow(/would both have MAC/);
});

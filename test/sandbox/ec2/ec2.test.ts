import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BUN } from '../programs.ts';
import type { Sandbox, SandboxNode } from '../sandbox.ts';
import { startSandbox } from '../sandbox.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../sandbox-options.ts';

const SERVICE_SUBNET = 'subnet-0a000000000000002';
const CALL = fileURLToPath(new URL('ec2-call.ts', import.meta.url));
const LATENCIES = { callMs: 4, attachMs: 20, deviceMs: 20, detachMs: 20, staleMs: 0, imdsMs: 0 };

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ latencies: LATENCIES, rename: 'never' });
});
beforeEach(async () => {
  await sandbox.place(SERVICE_ENI, 'available');
  await sandbox.clearFaults();
  await sandbox.resetRequests();
});
afterEach(async () => {
  await sandbox.setPermissions(NODE_A, 'all');
});
afterAll(() => sandbox.close());

interface Outcome {
  readonly answer?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: string; readonly message: string; readonly status?: number };
}

/** One call by the AWS SDK on a node. */
async function call(
  command: string,
  input: object,
  env = {},
  node: SandboxNode = sandbox.nodes.a,
): Promise<Outcome> {
  const args = ['--no-env-file', CALL, command, JSON.stringify(input)];
  const { stdout, stderr } = await node.exec(BUN, args, { env });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Outcome;
}

const ATTACH = { NetworkInterfaceId: SERVICE_ENI, InstanceId: NODE_A, DeviceIndex: 1, NetworkCardIndex: 0 };

describe('the SDK understands', () => {
  test('a free ENI, with all that the EC2 API says of it', async () => {
    const filter = { Name: 'addresses.private-ip-address', Values: ['10.2.0.10'] };
    const { answer } = await call('DescribeNetworkInterfaces', { Filters: [filter] });
    expect(answer?.['NetworkInterfaces']).toEqual([
      expect.objectContaining({
        NetworkInterfaceId: SERVICE_ENI,
        MacAddress: '02:d4:e5:f6:07:18',
        Status: 'available',
        SubnetId: SERVICE_SUBNET,
        AvailabilityZone: 'eu-central-1a',
        PrivateIpAddresses: [expect.objectContaining({ PrivateIpAddress: '10.2.0.10', Primary: true })],
        Ipv6Addresses: [],
        InterfaceType: 'interface',
        RequesterManaged: false,
        SourceDestCheck: true,
      }),
    ]);
    expect(answer?.['NetworkInterfaces']).not.toEqual([
      expect.objectContaining({ Attachment: expect.anything() }),
    ]);
  });

  test('an attached one', async () => {
    await sandbox.place(SERVICE_ENI, { attachedTo: NODE_B, deviceIndex: 2 });
    const { answer } = await call('DescribeNetworkInterfaces', { NetworkInterfaceIds: [SERVICE_ENI] });
    expect(answer).toMatchObject({
      NetworkInterfaces: [
        {
          Status: 'in-use',
          Attachment: {
            AttachmentId: expect.stringMatching(/^eni-attach-[0-9a-f]{17}$/),
            InstanceId: NODE_B,
            DeviceIndex: 2,
            NetworkCardIndex: 0,
            Status: 'attached',
            DeleteOnTermination: false,
          },
        },
      ],
    });
  });

  test('no ENI for a filter that nothing matches', async () => {
    const filter = { Name: 'network-interface-id', Values: ['eni-0123456789abcdef0'] };
    const { answer } = await call('DescribeNetworkInterfaces', { Filters: [filter] });
    expect(answer?.['NetworkInterfaces']).toEqual([]);
  });

  test('instances with their interfaces', async () => {
    const filter = { Name: 'instance-id', Values: [NODE_A, NODE_B] };
    const { answer } = await call('DescribeInstances', { Filters: [filter] });
    const instance = (id: string) => ({
      InstanceId: id,
      InstanceType: 'm5.large',
      State: { Code: 16, Name: 'running' },
      Placement: { AvailabilityZone: 'eu-central-1a' },
      NetworkInterfaces: [{ Attachment: { DeviceIndex: 0, NetworkCardIndex: 0, Status: 'attached' } }],
    });
    expect(answer).toMatchObject({
      Reservations: [{ Instances: [instance(NODE_A)] }, { Instances: [instance(NODE_B)] }],
    });
  });

  test('a subnet', async () => {
    const { answer } = await call('DescribeSubnets', { SubnetIds: [SERVICE_SUBNET] });
    expect(answer).toMatchObject({
      Subnets: [
        {
          SubnetId: SERVICE_SUBNET,
          CidrBlock: '10.2.0.0/24',
          AvailabilityZone: 'eu-central-1a',
          MapPublicIpOnLaunch: false,
          Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: 'fd00:2::/64' }],
        },
      ],
    });
  });

  test('an instance type', async () => {
    const { answer } = await call('DescribeInstanceTypes', { InstanceTypes: ['m5.large'] });
    expect(answer).toMatchObject({
      InstanceTypes: [
        {
          NetworkInfo: {
            MaximumNetworkInterfaces: 3,
            MaximumNetworkCards: 1,
            NetworkCards: [{ NetworkCardIndex: 0, MaximumNetworkInterfaces: 3 }],
          },
        },
      ],
    });
  });

  test('attach and detach, which move a device', async () => {
    const attached = await call('AttachNetworkInterface', ATTACH);
    expect(attached.answer).toMatchObject({ NetworkCardIndex: 0, AttachmentId: expect.any(String) });
    await expect.poll(() => macsOf(sandbox.nodes.a), { timeout: 10_000 }).toContain('02:d4:e5:f6:07:18');
    const AttachmentId = attached.answer?.['AttachmentId'];
    const detached = await call('DetachNetworkInterface', { AttachmentId, Force: false });
    expect(detached.error).toBeUndefined();
    await expect.poll(() => macsOf(sandbox.nodes.a), { timeout: 10_000 }).not.toContain('02:d4:e5:f6:07:18');
  });
});

async function macsOf(node: SandboxNode): Promise<readonly string[]> {
  const { stdout } = await node.exec('sh', ['-c', 'cat /sys/class/net/*/address']);
  return stdout.split('\n');
}

describe('the SDK is refused', () => {
  test.each<[string, number, string, object]>([
    [
      'InvalidNetworkInterfaceID.NotFound',
      400,
      'DescribeNetworkInterfaces',
      { NetworkInterfaceIds: ['eni-0123456789abcdef0'] },
    ],
    ['InvalidNetworkInterfaceId.Malformed', 400, 'DescribeNetworkInterfaces', { NetworkInterfaceIds: ['x'] }],
    ['InvalidInstanceID.NotFound', 400, 'DescribeInstances', { InstanceIds: ['i-0123456789abcdef0'] }],
    ['InvalidSubnetID.NotFound', 400, 'DescribeSubnets', { SubnetIds: ['subnet-0123456789abcdef0'] }],
    ['InvalidInstanceType', 400, 'DescribeInstanceTypes', { InstanceTypes: ['x9.huge'] }],
    ['InvalidParameterCombination', 400, 'DescribeInstances', { InstanceIds: [NODE_A], MaxResults: 10 }],
    [
      'InvalidAttachmentID.NotFound',
      400,
      'DetachNetworkInterface',
      { AttachmentId: 'eni-attach-0ffffffffffffffff' },
    ],
    ['InvalidParameterValue', 400, 'AttachNetworkInterface', { ...ATTACH, NetworkCardIndex: 1 }],
    ['DryRunOperation', 412, 'AttachNetworkInterface', { ...ATTACH, DryRun: true }],
  ])('with %s (%i) for %s %j', async (code, status, command, input) => {
    expect((await call(command, input)).error).toMatchObject({ code, status });
  });

  test('without permission', async () => {
    await sandbox.setPermissions(NODE_A, ['DescribeNetworkInterfaces']);
    const refused = await call('AttachNetworkInterface', ATTACH);
    expect(refused.error).toMatchObject({ code: 'UnauthorizedOperation', status: 403 });
    expect((await call('DescribeNetworkInterfaces', {})).error).toBeUndefined();
  });

  test('with credentials that nobody issued', async () => {
    const env = {
      AWS_ACCESS_KEY_ID: 'ASIA0000000000000000',
      AWS_SECRET_ACCESS_KEY: 'x',
      AWS_SESSION_TOKEN: 'y',
    };
    const { error } = await call('DescribeNetworkInterfaces', {}, env);
    expect(error).toMatchObject({ code: 'AuthFailure', status: 401 });
  });

  test.each(['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])(
    'with issued ones but a wrong %s',
    async (part) => {
      const issued = await roleCredentials();
      const right = await call('DescribeNetworkInterfaces', {}, issued);
      const wrong = await call('DescribeNetworkInterfaces', {}, { ...issued, [part]: 'wrong' });
      expect(right.error).toBeUndefined();
      expect(wrong.error).toMatchObject({ code: 'AuthFailure', status: 401 });
    },
  );

  test('with credentials that have expired; new ones do', async () => {
    const issued = await roleCredentials();
    await sandbox.expireCredentials();
    expect((await call('DescribeNetworkInterfaces', {}, issued)).error).toMatchObject({
      code: 'RequestExpired',
    });
    expect((await call('DescribeNetworkInterfaces', {})).error).toBeUndefined();
  });
});

async function roleCredentials(): Promise<Record<string, string>> {
  const script = `
    base=http://169.254.169.254/latest
    token=$(curl -s -X PUT -H 'x-aws-ec2-metadata-token-ttl-seconds: 60' $base/api/token)
    curl -s -H "x-aws-ec2-metadata-token: $token" $base/meta-data/iam/security-credentials/aws-eni-node`;
  const { stdout } = await sandbox.nodes.a.exec('sh', ['-c', script]);
  const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(stdout) as Record<string, string>;
  return {
    AWS_ACCESS_KEY_ID: AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: SecretAccessKey ?? '',
    AWS_SESSION_TOKEN: Token ?? '',
  };
}

test('an unsigned request is told so, in the form of EC2', async () => {
  const body = 'Action=DescribeNetworkInterfaces&Version=2016-11-15';
  const { stdout } = await sandbox.nodes.a.exec('curl', ['-s', '-i', '-d', body, 'http://10.1.0.1:8773/']);
  expect(stdout).toMatch(/^HTTP\/1.1 403 /);
  expect(stdout.replaceAll(/\s*\n\s*/g, '')).toContain(
    '<Response><Errors><Error><Code>MissingAuthenticationToken</Code><Message>Request is missing Authentication Token</Message></Error></Errors><RequestID>',
  );
});

test('every request is counted, with who asked and how it ended', async () => {
  await call('DescribeSubnets', { SubnetIds: ['subnet-0123456789abcdef0'] }, {}, sandbox.nodes.b);
  const requests = await sandbox.requests();
  expect(requests.filter(({ service }) => service === 'ec2')).toEqual([
    expect.objectContaining({
      name: 'DescribeSubnets',
      instanceId: NODE_B,
      outcome: 'InvalidSubnetID.NotFound',
    }),
  ]);
  expect(requests.filter(({ service }) => service === 'imds')).toHaveLength(3);
});

import * as sdk from '@aws-sdk/client-ec2';
import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { createNetworkInterfaces } from '../../src/adapters/ec2.ts';
import type { Ec2ClientLike } from '../../src/adapters/renew-credentials.ts';
import { renewCredentials } from '../../src/adapters/renew-credentials.ts';
import { AgentError } from '../../src/core/failure.ts';
import type { VpcId } from '../../src/core/ids.ts';

const client = new sdk.EC2Client({ region: 'eu-central-1' });
const mock = mockClient(client);
const ownVpc = vi.fn<() => Promise<VpcId>>();
const ec2 = createNetworkInterfaces(client, () => new AbortController().signal, ownVpc);
const eniId = 'eni-0a1b2c3d4e5f60718';
const here = 'i-0aaaaaaaaaaaaaaaa';

const described: sdk.NetworkInterface = {
  NetworkInterfaceId: eniId,
  MacAddress: '02:00:0A:02:00:0A',
  SubnetId: 'subnet-0000000000000000a',
  AvailabilityZone: 'eu-central-1a',
  PrivateIpAddresses: [
    { PrivateIpAddress: '10.2.0.11', Primary: false },
    { PrivateIpAddress: '10.2.0.10', Primary: true },
  ],
  Ipv6Addresses: [{ Ipv6Address: 'fd00:0002::0010' }],
  Status: 'in-use',
  InterfaceType: 'interface',
  Attachment: { AttachmentId: 'eni-attach-1', InstanceId: here, DeviceIndex: 1, Status: 'attached' },
};

const instance: sdk.Instance = {
  InstanceId: here,
  InstanceType: 'm5.large',
  State: { Name: 'running' },
  Placement: { AvailabilityZone: 'eu-central-1a' },
};

function refusal(code: string, message = 'no', status = 400): EC2ServiceException {
  return new EC2ServiceException({
    name: code,
    message,
    $fault: 'client',
    $metadata: { httpStatusCode: status, requestId: 'req-1' },
  });
}

beforeEach(() => {
  mock.reset();
  ownVpc.mockReset();
  ownVpc.mockRejectedValue(new AgentError('transient', 'nobody answers'));
});

describe('find', () => {
  test('asks by filter, and reads what comes', async () => {
    mock.on(sdk.DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [described] });
    expect(await ec2.find({ eniId })).toEqual({
      id: eniId,
      mac: '02:00:0a:02:00:0a',
      subnetId: 'subnet-0000000000000000a',
      availabilityZone: 'eu-central-1a',
      addresses: ['10.2.0.10', '10.2.0.11', 'fd00:2::10'],
      requesterManaged: false,
      attachment: { id: 'eni-attach-1', instanceId: here, deviceIndex: 1, status: 'attached' },
    });
    expect(mock.call(0).args[0].input).toEqual({
      Filters: [{ Name: 'network-interface-id', Values: [eniId] }],
    });
  });

  test('by address', async () => {
    mock.on(sdk.DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [described] });
    expect((await ec2.find({ ip: '10.2.0.11' }))?.id).toBe(eniId);
    expect(mock.call(0).args[0].input).toEqual({
      Filters: [{ Name: 'addresses.private-ip-address', Values: ['10.2.0.11'] }],
    });
  });

  test('an empty list is an absent ENI', async () => {
    mock.on(sdk.DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [] });
    expect(await ec2.find({ eniId })).toBeUndefined();
  });

  describe('an address that several ENIs have', () => {
    const several = ['vpc-11111111', 'vpc-22222222'].map((VpcId, index) => ({
      ...described,
      NetworkInterfaceId: `eni-${index}1111111`,
      VpcId,
    }));
    beforeEach(() => {
      mock.on(sdk.DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: several });
    });

    test.each([
      ['vpc-11111111', 'eni-01111111'],
      ['vpc-22222222', 'eni-11111111'],
    ] as const)('is that of the one in %s for an instance there', async (vpcId, id) => {
      ownVpc.mockResolvedValue(vpcId);
      expect(await ec2.find({ ip: '10.2.0.10' })).toMatchObject({ id });
    });

    test('and none in this instance’s VPC, is nobody’s', async () => {
      ownVpc.mockResolvedValue('vpc-33333333');
      await expect(ec2.find({ ip: '10.2.0.10' })).rejects.toMatchObject({
        kind: 'node',
        message:
          "the ENI with address 10.2.0.10 names several ENIs: eni-01111111, eni-11111111, none of them in vpc-33333333, this instance's VPC; set eni_id to the one that is meant",
      });
    });

    test('where nobody tells the VPC, is a question for later', async () => {
      await expect(ec2.find({ ip: '10.2.0.10' })).rejects.toMatchObject({
        kind: 'transient',
        message: expect.stringContaining(
          'which VPC is meant is not known: nobody answers; set eni_id to the one that is meant',
        ),
      });
    });

    test('that is one ENI’s alone is that ENI’s, wherever it is', async () => {
      mock.on(sdk.DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: several.slice(0, 1) });
      expect(await ec2.find({ ip: '10.2.0.10' })).toMatchObject({ id: 'eni-01111111' });
      expect(ownVpc).not.toHaveBeenCalled();
    });
  });

  test.each([
    ['detached', undefined],
    ['attaching', 'attaching'],
    ['detaching', 'detaching'],
    ['a word of tomorrow', 'detaching'],
  ] as const)('an attachment that is %s reads as %s', async (word, status) => {
    const Attachment = { ...described.Attachment, Status: word as sdk.AttachmentStatus };
    mock
      .on(sdk.DescribeNetworkInterfacesCommand)
      .resolves({ NetworkInterfaces: [{ ...described, Attachment }] });
    expect((await ec2.find({ eniId }))?.attachment?.status).toBe(status);
  });

  test.each(['InvalidNetworkInterfaceID.NotFound', 'InvalidNetworkInterface.NotFound'])(
    '%s is an absent ENI',
    async (code) => {
      mock.on(sdk.DescribeNetworkInterfacesCommand).rejects(refusal(code));
      expect(await ec2.find({ eniId })).toBeUndefined();
    },
  );

  const other = { ...described, NetworkInterfaceId: 'eni-11111111' };
  test.each([
    ['another ENI', { eniId } as const, [other]],
    ['two ENIs', { eniId } as const, [described, other]],
    ['the ENI twice', { eniId } as const, [described, described]],
    ['an ENI without that address', { ip: '10.2.0.99' } as const, [described]],
    ['no list', { eniId } as const, undefined],
  ])('%s is no answer to the question, and not taken for absence', async (_, target, NetworkInterfaces) => {
    mock
      .on(sdk.DescribeNetworkInterfacesCommand)
      .resolves(NetworkInterfaces === undefined ? {} : { NetworkInterfaces: [...NetworkInterfaces] });
    await expect(ec2.find(target)).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('was asked for; look at what answers at its endpoint'),
    });
  });

  test('an answer of another shape is believed in nothing', async () => {
    mock
      .on(sdk.DescribeNetworkInterfacesCommand)
      .resolves({ NetworkInterfaces: [{ NetworkInterfaceId: eniId }] });
    await expect(ec2.find({ eniId })).rejects.toMatchObject({ kind: 'transient' });
  });
});

describe('an answer in pages', () => {
  const subnetId = 'subnet-0000000000000000a';
  test.each([
    [
      'find',
      sdk.DescribeNetworkInterfacesCommand,
      { NetworkInterfaces: [] },
      { NetworkInterfaces: [described] },
    ],
    [
      'instances',
      sdk.DescribeInstancesCommand,
      { Reservations: [] },
      { Reservations: [{ Instances: [instance] }] },
    ],
    [
      'subnet',
      sdk.DescribeSubnetsCommand,
      { Subnets: [] },
      { Subnets: [{ SubnetId: subnetId, CidrBlock: '10.2.0.0/24' }] },
    ],
    [
      'limits',
      sdk.DescribeInstanceTypesCommand,
      { InstanceTypes: [] },
      { InstanceTypes: [{ InstanceType: 'm5.large', NetworkInfo: { MaximumNetworkInterfaces: 3 } }] },
    ],
  ] as const)('%s reads on after an empty one', async (method, command, empty, full) => {
    mock.on(command as never).resolves({ ...empty, NextToken: '2' } as never);
    mock.on(command as never, { NextToken: '2' } as never).resolves(full as never);
    const call = {
      find: () => ec2.find({ eniId }),
      instances: () => ec2.instances([here]),
      subnet: () => ec2.subnet(subnetId),
      limits: () => ec2.limits('m5.large'),
    };
    const answer = await call[method]();
    expect(answer).toEqual(
      {
        find: expect.objectContaining({ id: eniId }),
        instances: [expect.objectContaining({ id: here })],
        subnet: expect.objectContaining({ id: subnetId }),
        limits: { interfaces: 3, ipv4: undefined, ipv6: undefined },
      }[method],
    );
  });

  test('that never end is believed in nothing', async () => {
    mock.on(sdk.DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [], NextToken: 'again' });
    await expect(ec2.find({ eniId })).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('more than 100 pages'),
    });
  });
});

describe('attach', () => {
  test('sends card 0 explicitly, and returns the attachment', async () => {
    mock.on(sdk.AttachNetworkInterfaceCommand).resolves({ AttachmentId: 'eni-attach-2' });
    expect(await ec2.attach(eniId, here, 1)).toEqual({
      is: 'accepted',
      attachment: { id: 'eni-attach-2', instanceId: here, deviceIndex: 1, status: 'attaching' },
    });
    expect(mock.call(0).args[0].input).toEqual({
      NetworkInterfaceId: eniId,
      InstanceId: here,
      DeviceIndex: 1,
      NetworkCardIndex: 0,
    });
  });

  test.each([
    ['InvalidNetworkInterface.InUse', 'Interface: [eni-1] in use.', 'in-use'],
    [
      'InvalidParameterValue',
      "Instance 'i-1' already has an interface attached at device index '1'.",
      'index-taken',
    ],
    ['IncorrectState', 'not now', 'in-use'],
  ])('%s is an answer', async (code, message, is) => {
    mock.on(sdk.AttachNetworkInterfaceCommand).rejects(refusal(code, message));
    expect(await ec2.attach(eniId, here, 1)).toEqual({
      is,
      said: expect.stringContaining(`EC2 said ${code}: ${message}`),
    });
  });
});

describe('detach', () => {
  test.each([
    ['InvalidAttachmentID.NotFound', 'gone'],
    ['IncorrectState', 'not-now'],
  ])('%s is %s', async (code, answer) => {
    mock.on(sdk.DetachNetworkInterfaceCommand).rejects(refusal(code));
    expect(await ec2.detach('eni-attach-1', { force: false })).toEqual({
      is: answer,
      said: expect.stringContaining(`EC2 said ${code}`),
    });
  });

  test('passes force on', async () => {
    mock.on(sdk.DetachNetworkInterfaceCommand).resolves({});
    expect(await ec2.detach('eni-attach-1', { force: true })).toEqual({ is: 'accepted' });
    expect(mock.call(0).args[0].input).toEqual({ AttachmentId: 'eni-attach-1', Force: true });
  });
});

describe('checkAttachAllowed', () => {
  test.each([
    ['DryRunOperation', 'Request would have succeeded'],
    ['InvalidNetworkInterface.InUse', 'in use'],
    ['IncorrectState', 'not now'],
    ['InvalidParameterValue', "Instance 'i-1' already has an interface attached at device index '1'."],
  ])('%s is no refusal', async (code, message) => {
    mock.on(sdk.AttachNetworkInterfaceCommand, { DryRun: true }).rejects(refusal(code, message, 412));
    await expect(ec2.checkAttachAllowed(eniId, here)).resolves.toBeUndefined();
  });

  test.each([
    ['RequestLimitExceeded', 503],
    ['InternalError', 500],
  ])('%s is no answer: it is asked again, not taken for a yes', async (code, status) => {
    mock.on(sdk.AttachNetworkInterfaceCommand, { DryRun: true }).rejects(refusal(code, 'no', status));
    await expect(ec2.checkAttachAllowed(eniId, here)).rejects.toMatchObject({ kind: 'transient' });
  });

  test.each([
    ['AttachmentLimitExceeded', 'node'],
    ['InvalidParameterCombination', 'node'],
    ['InvalidInstanceID.NotFound', 'node'],
    ['InvalidParameterValue', 'bug'],
    ['AnythingNew', 'bug'],
  ])('%s is one: what is refused now would be refused once the holder has lost it', async (code, kind) => {
    mock.on(sdk.AttachNetworkInterfaceCommand, { DryRun: true }).rejects(refusal(code));
    await expect(ec2.checkAttachAllowed(eniId, here)).rejects.toMatchObject({ kind });
  });

  test('a plain success is none of EC2’s answers', async () => {
    mock.on(sdk.AttachNetworkInterfaceCommand, { DryRun: true }).resolves({});
    await expect(ec2.checkAttachAllowed(eniId, here)).rejects.toMatchObject({ kind: 'transient' });
  });

  test('a missing permission is one', async () => {
    mock
      .on(sdk.AttachNetworkInterfaceCommand, { DryRun: true })
      .rejects(refusal('UnauthorizedOperation', 'not authorized', 403));
    await expect(ec2.checkAttachAllowed(eniId, here)).rejects.toMatchObject({ kind: 'permission' });
  });
});

describe('errors by the operator’s next move', () => {
  test.each([
    ['UnauthorizedOperation', 403, 'permission'],
    ['AuthFailure', 401, 'permission'],
    ['RequestLimitExceeded', 503, 'transient'],
    ['InternalError', 500, 'transient'],
    ['AnythingNew', 503, 'transient'],
    ['RequestExpired', 400, 'transient'],
    ['InvalidSubnetID.NotFound', 400, 'node'],
    ['Client.AttachmentLimitExceeded', 400, 'node'],
    ['MissingParameter', 400, 'bug'],
    ['InvalidAction', 400, 'node'],
    ['InvalidInterface.IpAddressLimitExceeded', 400, 'node'],
    ['NetworkInterfaceLimitExceeded', 400, 'node'],
    ['PrivateIpAddressLimitExceeded', 400, 'node'],
    ['ResourceLimitExceeded', 400, 'node'],
    ['UnsupportedInstanceAttribute', 400, 'node'],
    ['InvalidInstanceID', 400, 'node'],
    ['InvalidState', 400, 'transient'],
    ['InvalidInstanceState', 400, 'transient'],
    ['InvalidNextToken', 400, 'transient'],
    ['InsufficientCapacity', 500, 'transient'],
    ['RetryableError', 400, 'transient'],
    ['RequestTimeout', 400, 'transient'],
    ['InvalidSecurity.RequestHasExpired', 400, 'transient'],
    ['UnrecognizedClientException', 403, 'permission'],
    ['AccessDenied', 403, 'permission'],
    ['AccountDisabled', 400, 'permission'],
    ['InvalidSubnetId.NotFound', 400, 'node'],
    ['InvalidRegion', 400, 'node'],
    ['DependencyViolation', 400, 'node'],
    ['SecurityGroupsPerInstanceLimitExceeded', 400, 'node'],
    ['ValidationError', 400, 'bug'],
    ['FilterLimitExceeded', 400, 'bug'],
    ['Error', 200, 'transient'],
    ['ECONNRESET', 412, 'transient'],
    ['Unknown', 403, 'transient'],
  ])('%s with %i is %s', async (code, status, kind) => {
    mock.on(sdk.DescribeSubnetsCommand).rejects(refusal(code, 'no', status));
    await expect(ec2.subnet('subnet-0000000000000000a')).rejects.toMatchObject({ kind });
  });

  test('a reason says what was done, what came back, and under which request id', async () => {
    mock
      .on(sdk.DescribeSubnetsCommand)
      .rejects(refusal('UnauthorizedOperation', 'You are not authorized', 403));
    await expect(ec2.subnet('subnet-0000000000000000a')).rejects.toThrow(
      /^describing subnet-0000000000000000a: EC2 said UnauthorizedOperation: You are not authorized \(after \d+ ms, HTTP 403, request req-1\); grant/,
    );
  });

  test.each([
    ['UnauthorizedOperation', "grant the instance's role ec2:DescribeSubnets (see"],
    ['InvalidInterface.IpAddressLimitExceeded', 'take addresses from the ENI'],
    ['AttachmentLimitExceeded', 'detach an interface of this instance'],
    ['NetworkInterfaceLimitExceeded', 'ask AWS for a higher quota'],
    ['InvalidAction', 'look at what answers as EC2'],
    ['InvalidRegion', 'correct the parameter region'],
    ['InvalidSecurity.RequestHasExpired', 'chronyc tracking'],
    ['DependencyViolation', 'what depends on it'],
  ])('%s says what to do about it', async (code, next) => {
    mock.on(sdk.DescribeSubnetsCommand).rejects(refusal(code));
    await expect(ec2.subnet('subnet-0000000000000000a')).rejects.toThrow(next);
  });

  test('a network that fails is transient', async () => {
    mock
      .on(sdk.DescribeSubnetsCommand)
      .rejects(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    await expect(ec2.subnet('subnet-0000000000000000a')).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

test.each([
  [
    'instances',
    () => ec2.instances([here]),
    { Reservations: [{ Instances: [{ ...instance, InstanceId: 'i-0dddddddddddddddd' }] }] },
  ],
  ['instances', () => ec2.instances([here]), {}],
  [
    'subnet',
    () => ec2.subnet('subnet-0000000000000000a'),
    { Subnets: [{ SubnetId: 'subnet-0000000000000000b', CidrBlock: '10.2.0.0/24' }] },
  ],
  [
    'limits',
    () => ec2.limits('m5.large'),
    { InstanceTypes: [{ InstanceType: 't3.nano', NetworkInfo: { MaximumNetworkInterfaces: 2 } }] },
  ],
])('%s believes nothing that it has not asked for', async (_, call, answer) => {
  mock.onAnyCommand().resolves(answer);
  await expect(call()).rejects.toMatchObject({ kind: 'transient' });
});

describe('credentials that EC2 refuses', () => {
  const sender = (...answers: readonly (Error | object)[]): Ec2ClientLike => {
    const left = [...answers];
    const send = async (): Promise<object> => {
      const answer = left.shift() ?? {};
      if (answer instanceof Error) throw answer;
      return answer;
    };
    return { send: send as Ec2ClientLike['send'], config: { credentials: async () => ({}) } };
  };
  const found = { NetworkInterfaces: [described] };
  const find = (clients: readonly Ec2ClientLike[]): Promise<unknown> => {
    const left = [...clients];
    const create = (): Ec2ClientLike => left.shift() ?? sender(new Error('no more clients'));
    return createNetworkInterfaces(
      renewCredentials(create, undefined),
      () => new AbortController().signal,
      ownVpc,
    ).find({ eniId });
  };

  test.each(['RequestExpired', 'ExpiredToken', 'AuthFailure', 'InvalidClientTokenId'])(
    '%s: are read anew, once',
    async (code) => {
      expect(await find([sender(refusal(code)), sender(found)])).toMatchObject({ id: eniId });
      await expect(find([sender(refusal(code)), sender(refusal(code)), sender(found)])).rejects.toThrow(
        /clock/,
      );
    },
  );

  test('UnauthorizedOperation is no matter of credentials', async () => {
    await expect(find([sender(refusal('UnauthorizedOperation')), sender(found)])).rejects.toMatchObject({
      kind: 'permission',
    });
  });

  test('a profile without credentials says which', async () => {
    const missing = Object.assign(new Error('Could not resolve'), { name: 'CredentialsProviderError' });
    const ec2OfProfile = createNetworkInterfaces(
      renewCredentials(
        () => ({ ...sender(), config: { credentials: () => Promise.reject(missing) } }),
        'cluster',
      ),
      () => new AbortController().signal,
      ownVpc,
    );
    await expect(ec2OfProfile.find({ eniId })).rejects.toMatchObject({
      kind: 'permission',
      message: expect.stringContaining(
        'reading the credentials of profile cluster: Could not resolve; look at',
      ),
    });
  });
});

test('a mistake of the program’s own is not taken for one of EC2', async () => {
  mock.on(sdk.DescribeSubnetsCommand).rejects(new TypeError('x is undefined'));
  await expect(ec2.subnet('subnet-0000000000000000a')).rejects.toMatchObject({ kind: 'bug' });
});

test('reads instances by their interfaces on card 0, and counts those of all', async () => {
  const attached = (DeviceIndex: number, NetworkCardIndex: number): sdk.InstanceNetworkInterface => ({
    Attachment: { DeviceIndex, NetworkCardIndex },
  });
  mock.on(sdk.DescribeInstancesCommand).resolves({
    Reservations: [
      {
        Instances: [
          {
            ...instance,
            NetworkInterfaces: [attached(0, 0), attached(2, 0), attached(1, 1)],
          },
        ],
      },
    ],
  });
  expect(await ec2.instances([here])).toEqual([
    {
      id: here,
      type: 'm5.large',
      state: 'running',
      availabilityZone: 'eu-central-1a',
      deviceIndexes: [0, 2],
      interfaceCount: 3,
    },
  ]);
});

test('reads subnets and interface limits', async () => {
  mock.on(sdk.DescribeSubnetsCommand).resolves({
    Subnets: [
      {
        SubnetId: 'subnet-0000000000000000a',
        CidrBlock: '10.2.0.0/24',
        Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: 'fd00:2::/64' }],
      },
    ],
  });
  expect((await ec2.subnet('subnet-0000000000000000a')).cidrs).toEqual(['10.2.0.0/24', 'fd00:2::/64']);
  mock.on(sdk.DescribeInstanceTypesCommand).resolves({
    InstanceTypes: [
      {
        InstanceType: 'm5.large',
        NetworkInfo: {
          MaximumNetworkInterfaces: 3,
          Ipv4AddressesPerInterface: 10,
          Ipv6AddressesPerInterface: 0,
        },
      },
    ],
  });
  expect(await ec2.limits('m5.large')).toEqual({ interfaces: 3, ipv4: 10, ipv6: 0 });
});

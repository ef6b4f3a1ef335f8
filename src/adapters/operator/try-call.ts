import {
  AttachNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DetachNetworkInterfaceCommand,
} from '@aws-sdk/client-ec2';
import type { TriedCall } from '../../ports/ec2-examination.ts';
import type { Ec2Sender } from '../ec2.ts';
import { failureOf } from '../ec2-errors.ts';

/** What EC2 says where the role may make the call: permissions are asked about before anything else. */
const PERMITTED =
  /^(?:DryRunOperation|InvalidNetworkInterface\.InUse|IncorrectState|InvalidParameterValue|InvalidParameterCombination|AttachmentLimitExceeded)$/;

/**
 * Whether IAM allows the call, by a dry run of it.
 * @throws what the SDK throws, where EC2 says neither yes nor no
 */
export async function tryCall(
  client: Ec2Sender,
  call: TriedCall,
  abortSignal: AbortSignal,
): Promise<boolean> {
  try {
    await sendDryRun(client, call, { abortSignal });
  } catch (thrown) {
    const { code } = failureOf(thrown);
    if (code === 'UnauthorizedOperation') return false;
    if (PERMITTED.test(code)) return true;
    throw thrown;
  }
  throw new Error('EC2 answered as if it had been no dry run');
}

/** EC2 answers each with an error, also where it would do it. */
export function sendDryRun(
  client: Ec2Sender,
  call: TriedCall,
  options: { readonly abortSignal: AbortSignal },
): Promise<unknown> {
  const DryRun = true;
  switch (call.action) {
    case 'DescribeNetworkInterfaces':
      return client.send(new DescribeNetworkInterfacesCommand({ DryRun }), options);
    case 'DescribeInstances':
      return client.send(new DescribeInstancesCommand({ DryRun }), options);
    case 'DescribeSubnets':
      return client.send(new DescribeSubnetsCommand({ DryRun }), options);
    case 'DescribeInstanceTypes':
      return client.send(new DescribeInstanceTypesCommand({ DryRun }), options);
    case 'DescribeSecurityGroups':
      return client.send(new DescribeSecurityGroupsCommand({ DryRun }), options);
    case 'AttachNetworkInterface': {
      const { eniId: NetworkInterfaceId, instanceId: InstanceId } = call;
      const input = { DryRun, NetworkInterfaceId, InstanceId, DeviceIndex: 1, NetworkCardIndex: 0 };
      return client.send(new AttachNetworkInterfaceCommand(input), options);
    }
    case 'DetachNetworkInterface':
      return client.send(
        new DetachNetworkInterfaceCommand({ DryRun, AttachmentId: call.attachmentId }),
        options,
      );
    default:
      return call satisfies never;
  }
}

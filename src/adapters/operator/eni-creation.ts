import { createHash } from 'node:crypto';
import type { CreateNetworkInterfaceCommandInput } from '@aws-sdk/client-ec2';
import { CreateNetworkInterfaceCommand } from '@aws-sdk/client-ec2';
import { AgentError } from '../../core/failure.ts';
import type { CreateRequest, EniCreation } from '../../ports/eni-creation.ts';
import type { Ec2Sender } from '../ec2.ts';
import { createNetworkInterfaces } from '../ec2.ts';
import type { ConnectionSettings } from '../ec2-connection.ts';
import { clientFactory } from '../ec2-connection.ts';
import { failureOf, translate, wordsOf } from '../ec2-errors.ts';
import { eniOf, wrongShape } from '../ec2-model.ts';
import { renewCredentials } from '../renew-credentials.ts';

/** EC2 of `region`, for making ENIs. */
export async function connectToEniCreation(
  region: string,
  settings: ConnectionSettings,
  signal: () => AbortSignal,
): Promise<EniCreation> {
  const client = renewCredentials(await clientFactory(region, settings), settings.profile);
  return {
    subnet: createNetworkInterfaces(client, signal).subnet,
    tokenOf,
    create: (request) => create(client, signal, request),
    checkCreateAllowed: (request) => checkCreateAllowed(client, signal, request),
  };
}

async function create(client: Ec2Sender, signal: () => AbortSignal, request: CreateRequest) {
  const activity = `creating an ENI in ${request.subnetId}`;
  const startedMs = performance.now();
  try {
    const command = new CreateNetworkInterfaceCommand(inputOf(request));
    const { NetworkInterface } = await client.send(command, { abortSignal: signal() });
    if (NetworkInterface === undefined) throw wrongShape('no ENI where one was to be created');
    const { id, addresses, availabilityZone } = eniOf(NetworkInterface);
    return { id, addresses, availabilityZone };
  } catch (thrown) {
    if (thrown instanceof AgentError) throw thrown;
    throw (
      refusalOf(thrown, request) ?? repeatable(translate(thrown, activity, performance.now() - startedMs))
    );
  }
}

async function checkCreateAllowed(
  client: Ec2Sender,
  signal: () => AbortSignal,
  request: CreateRequest,
): Promise<void> {
  const startedMs = performance.now();
  try {
    const command = new CreateNetworkInterfaceCommand({ ...inputOf(request), DryRun: true });
    await client.send(command, { abortSignal: signal() });
  } catch (thrown) {
    if (thrown instanceof AgentError) throw thrown;
    if (failureOf(thrown).code === 'DryRunOperation') return;
    throw (
      refusalOf(thrown, request) ??
      translate(
        thrown,
        `asking whether an ENI may be created in ${request.subnetId}`,
        performance.now() - startedMs,
      )
    );
  }
  throw wrongShape('an ENI where only a dry run was asked for');
}

/** What EC2 says about values of the request, with the option that they came by. Source: EC2 API reference, "Error codes". */
const NEXT_MOVES: Readonly<Record<string, string>> = {
  'InvalidIPAddress.InUse': 'choose another --ip or --secondary-ip',
  InvalidParameterValue: 'correct the value that it names',
  'InvalidGroup.NotFound': 'correct --security-group: a group of the same VPC',
  'InvalidSubnetID.NotFound': 'correct --subnet-id, or --region',
  InsufficientFreeAddressesInSubnet: 'choose another subnet',
  NetworkInterfaceLimitExceeded: 'ask AWS for a higher quota, or delete ENIs that nobody needs',
  IdempotentParameterMismatch: 'choose another --client-token',
};

function refusalOf(thrown: unknown, request: CreateRequest): AgentError | undefined {
  const failure = failureOf(thrown);
  const nextMove = NEXT_MOVES[failure.code];
  return nextMove === undefined
    ? undefined
    : new AgentError('node', `creating an ENI in ${request.subnetId}: ${wordsOf(failure)}; ${nextMove}`, {
        cause: thrown,
      });
}

/** The ENI may have been created all the same. */
function repeatable(error: AgentError): AgentError {
  return error.kind === 'transient'
    ? new AgentError(
        error.kind,
        `${error.message}; then repeat the command: its client token makes no second ENI`,
        {
          cause: error,
        },
      )
    : error;
}

function inputOf(request: CreateRequest): CreateNetworkInterfaceCommandInput {
  const { subnetId, addresses, securityGroupIds, description, tags } = request;
  return {
    SubnetId: subnetId,
    ClientToken: tokenOf(request),
    ...(addresses.length === 0
      ? {}
      : {
          PrivateIpAddresses: addresses.map((PrivateIpAddress, at) => ({
            PrivateIpAddress,
            Primary: at === 0,
          })),
        }),
    ...(securityGroupIds.length === 0 ? {} : { Groups: [...securityGroupIds] }),
    ...(description === undefined ? {} : { Description: description }),
    ...(tags.length === 0
      ? {}
      : {
          TagSpecifications: [
            {
              ResourceType: 'network-interface',
              Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
            },
          ],
        }),
  };
}

/** EC2 takes 64 ASCII characters. Source: EC2 API reference, "Ensuring idempotency". */
function tokenOf({ clientToken, ...rest }: CreateRequest): string {
  const { subnetId, addresses, securityGroupIds, description, tags } = rest;
  const words = JSON.stringify([
    subnetId,
    addresses,
    securityGroupIds,
    description ?? '',
    tags.map(({ key, value }) => [key, value]),
  ]);
  return clientToken ?? createHash('sha256').update(words).digest('hex');
}

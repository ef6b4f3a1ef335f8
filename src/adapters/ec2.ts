import type { Eni } from '../core/eni.ts';
import { AgentError, asAgentError } from '../core/failure.ts';
import type { VpcId } from '../core/ids.ts';
import { isAttachmentId } from '../core/ids.ts';
import { nameOfTarget } from '../core/settings.ts';
import type { AttachAnswer, DetachAnswer, EniTarget, NetworkInterfaces } from '../ports/agent.ts';
import * as sdk from './ec2-client.ts';
import type { Ec2Failure } from './ec2-errors.ts';
import { failureOf, translate, wordsOf } from './ec2-errors.ts';
import { eniOf, instanceOf, limitsOf, subnetOf, wrongShape } from './ec2-model.ts';
import { allPages } from './ec2-pages.ts';

/** What calls are sent by. */
export type Ec2Sender = Pick<sdk.EC2Client, 'send'>;

/** On an instance with several cards EC2 takes a missing index for a conflict (cilium, pull request 42512). */
const NETWORK_CARD = 0;

/**
 * EC2 in our words.
 * @param signal made for each call; ends it when the action's time is over, also during the SDK's own pauses
 * @param ownVpc where this instance is; asked only where an address names ENIs of several VPCs
 */
export function createNetworkInterfaces(
  client: Ec2Sender,
  signal: () => AbortSignal,
  ownVpc: () => Promise<VpcId>,
): NetworkInterfaces {
  const options = (): { readonly abortSignal: AbortSignal } => ({ abortSignal: signal() });
  return {
    find: (target) =>
      calling(`describing ${nameOf(target)}`, 'DescribeNetworkInterfaces', async () => {
        const Filters = [filterOf(target)];
        const found = await listOf(
          allPages(
            (page) => client.send(new sdk.DescribeNetworkInterfacesCommand({ Filters, ...page }), options()),
            ({ NetworkInterfaces }) => NetworkInterfaces,
          ),
          target,
        );
        const enis = found.map(eniOf);
        const ids = enis.map(({ id }) => id).join(', ');
        const isAsked = (eni: Eni): boolean =>
          'eniId' in target ? eni.id === target.eniId : eni.addresses.includes(target.ip);
        if (!enis.every(isAsked)) throw wrongShape(`${ids} where ${nameOf(target)} was asked for`);
        if (enis.length <= 1) return enis[0];
        if ('eniId' in target) throw wrongShape(`${enis.length} ENIs where ${target.eniId} was asked for`);
        return eniOf(await inOwnVpc(found, ownVpc, `${nameOf(target)} names several ENIs: ${ids}`));
      }),

    instances: (ids) =>
      calling(`describing ${ids.join(' and ')}`, 'DescribeInstances', async () => {
        // By filter, not by id: an id that EC2 no longer knows would make it refuse to tell of the others.
        const Filters = [{ Name: 'instance-id', Values: [...ids] }];
        const reservations = await allPages(
          (page) => client.send(new sdk.DescribeInstancesCommand({ Filters, ...page }), options()),
          ({ Reservations }) => Reservations,
        );
        if (reservations === undefined)
          throw wrongShape(`no instances where ${ids.join(', ')} were asked for`);
        const found = reservations.flatMap(({ Instances = [] }) => Instances.map(instanceOf));
        const other = found.find(({ id }) => !ids.includes(id));
        if (other !== undefined) throw wrongShape(`${other.id} where ${ids.join(', ')} were asked for`);
        return found;
      }),

    subnet: (id) =>
      calling(`describing ${id}`, 'DescribeSubnets', async () => {
        const [found] =
          (await allPages(
            (page) => client.send(new sdk.DescribeSubnetsCommand({ SubnetIds: [id], ...page }), options()),
            ({ Subnets = [] }) => Subnets,
          )) ?? [];
        if (found?.SubnetId !== id)
          throw wrongShape(`${found?.SubnetId ?? 'no subnet'} where ${id} was asked for`);
        return subnetOf(found);
      }),

    limits: (instanceType) =>
      calling(`describing instance type ${instanceType}`, 'DescribeInstanceTypes', async () => {
        const InstanceTypes = [instanceType as never];
        const [found] =
          (await allPages(
            (page) =>
              client.send(new sdk.DescribeInstanceTypesCommand({ InstanceTypes, ...page }), options()),
            ({ InstanceTypes: types = [] }) => types,
          )) ?? [];
        if (found?.InstanceType !== instanceType)
          throw wrongShape(
            `${found?.InstanceType ?? 'no instance type'} where ${instanceType} was asked for`,
          );
        return limitsOf(instanceType, found.NetworkInfo);
      }),

    checkAttachAllowed: (eniId, instanceId) =>
      calling(`asking whether ${instanceId} may attach ${eniId}`, 'AttachNetworkInterface', async () => {
        const request = new sdk.AttachNetworkInterfaceCommand({
          DryRun: true,
          NetworkInterfaceId: eniId,
          InstanceId: instanceId,
          DeviceIndex: 1,
          NetworkCardIndex: NETWORK_CARD,
        });
        const failure = await refusal(client.send(request, { abortSignal: signal() }));
        // EC2 says yes to a dry run by a code of its own; a plain success is none of its answers.
        if (failure === undefined) throw wrongShape(`an attach where only a dry run was asked for`);
        if (!isYes(failure)) throw failure.thrown;
      }),

    attach: (eniId, instanceId, deviceIndex) =>
      calling(
        `attaching ${eniId} to ${instanceId} at device index ${deviceIndex}`,
        'AttachNetworkInterface',
        async (): Promise<AttachAnswer> => {
          const request = new sdk.AttachNetworkInterfaceCommand({
            NetworkInterfaceId: eniId,
            InstanceId: instanceId,
            DeviceIndex: deviceIndex,
            NetworkCardIndex: NETWORK_CARD,
          });
          let attachmentId: string | undefined;
          const failure = await refusal(
            client.send(request, { abortSignal: signal() }).then((answer) => {
              attachmentId = answer.AttachmentId;
            }),
          );
          if (failure !== undefined) return attachRefused(failure);
          if (!isAttachmentId(attachmentId)) throw wrongShape('an attachment without attachmentId');
          return {
            is: 'accepted',
            attachment: { id: attachmentId, instanceId, deviceIndex, status: 'attaching' },
          };
        },
      ),

    detach: (attachmentId, { force }) =>
      calling(
        `detaching ${attachmentId}${force ? ' by force' : ''}`,
        'DetachNetworkInterface',
        async (): Promise<DetachAnswer> => {
          const request = new sdk.DetachNetworkInterfaceCommand({ AttachmentId: attachmentId, Force: force });
          const failure = await refusal(client.send(request, { abortSignal: signal() }));
          if (failure === undefined) return { is: 'accepted' };
          const said = wordsOf(failure);
          if (failure.code === 'InvalidAttachmentID.NotFound') return { is: 'gone', said };
          if (failure.code === 'IncorrectState') return { is: 'not-now', said };
          throw failure.thrown;
        },
      ),
  };
}

interface Refusal extends Ec2Failure {
  readonly thrown: unknown;
}

async function refusal(call: Promise<unknown>): Promise<Refusal | undefined> {
  try {
    await call;
    return undefined;
  } catch (thrown) {
    return { ...failureOf(thrown), thrown };
  }
}

/** What EC2 lists; nothing for an ENI that it does not know, which it says in several ways. */
async function listOf(
  call: Promise<readonly sdk.NetworkInterface[] | undefined>,
  target: EniTarget,
): Promise<readonly sdk.NetworkInterface[]> {
  try {
    const found = await call;
    // Another document, as of a proxy, lacks the list; it must not be taken for an empty one.
    if (found === undefined) throw wrongShape(`no ENIs where ${nameOf(target)} was asked for`);
    return found;
  } catch (error) {
    if (/^InvalidNetworkInterface(?:ID)?\.NotFound$/.test(failureOf(error).code)) return [];
    throw error;
  }
}

/**
 * That of `found` which is in this instance's VPC. An address can be in use once in each VPC of an account.
 * @param what what is wrong where that does not tell them apart
 */
async function inOwnVpc(
  found: readonly sdk.NetworkInterface[],
  ownVpc: () => Promise<VpcId>,
  what: string,
): Promise<sdk.NetworkInterface> {
  const next = 'set eni_id to the one that is meant';
  const own = await ownVpc().catch((error: unknown) => {
    const { kind, message } = asAgentError(error);
    throw new AgentError(kind, `${what}, and which VPC is meant is not known: ${message}; ${next}`, {
      cause: error,
    });
  });
  const [here, ...others] = found.filter(({ VpcId: id }) => id === own);
  if (here !== undefined && others.length === 0) return here;
  const count = here === undefined ? 'none' : 'several';
  throw new AgentError('node', `${what}, ${count} of them in ${own}, this instance's VPC; ${next}`);
}

/** A dry run's yes, or a word about where the ENI is now, which the detach is about to change. */
function isYes({ code, message }: Ec2Failure): boolean {
  return (
    code === 'DryRunOperation' ||
    code === 'InvalidNetworkInterface.InUse' ||
    code === 'IncorrectState' ||
    isIndexTaken(code, message)
  );
}

function isIndexTaken(code: string, message: string): boolean {
  return code === 'InvalidParameterValue' && message.includes('interface attached at device');
}

/** The SDK repeats a call whose answer was lost; EC2 then speaks of the first one's effect. Both answers mean: look again. */
function attachRefused(refused: Refusal): AttachAnswer {
  const { code, message, thrown } = refused;
  const said = wordsOf(refused);
  if (isIndexTaken(code, message)) return { is: 'index-taken', said };
  if (code === 'InvalidNetworkInterface.InUse' || code === 'IncorrectState') return { is: 'in-use', said };
  throw thrown;
}

async function calling<T>(activity: string, action: string, call: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  try {
    return await call();
  } catch (thrown) {
    if (thrown instanceof AgentError) throw thrown;
    throw translate(thrown, activity, performance.now() - startedMs, action);
  }
}

/** By filter also for an id: an unknown one is then an empty list, not an error, and the request counts as a filtered one. */
function filterOf(target: EniTarget): { Name: string; Values: string[] } {
  return 'eniId' in target
    ? { Name: 'network-interface-id', Values: [target.eniId] }
    : { Name: 'addresses.private-ip-address', Values: [target.ip] };
}

function nameOf(target: EniTarget): string {
  return nameOfTarget({ eniId: undefined, ip: undefined, ...target });
}

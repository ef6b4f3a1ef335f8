import { setTimeout as sleep } from 'node:timers/promises';
import { CreateNetworkInterfaceCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import type { Attachment } from '../../core/eni.ts';
import { AgentError } from '../../core/failure.ts';
import type { Reading } from '../../core/reading.ts';
import { absent, present, unknown } from '../../core/reading.ts';
import type { CreatedEni, CreateRequest, EniCreation, SubnetToBe } from '../../ports/eni-creation.ts';
import { chosenProfile } from '../aws-profile.ts';
import type { Ec2Sender } from '../ec2.ts';
import { createNetworkInterfaces } from '../ec2.ts';
import type { ConnectionSettings } from '../ec2-connection.ts';
import { clientFactory } from '../ec2-connection.ts';
import { failureOf } from '../ec2-errors.ts';
import { eniOf, subnetOf, wrongShape } from '../ec2-model.ts';
import { allPages } from '../ec2-pages.ts';
import { renewCredentials } from '../renew-credentials.ts';
import { translateRefusal } from './creation-refusal.ts';
import { inputOf, tokenOf } from './creation-request.ts';

/** A describe lags behind a creation, by a second or two in ordinary times. */
const SHOWN_WITHIN_MS = 10_000;
const PAUSE_MS = 500;

/** EC2 of `region`, for making ENIs. */
export async function connectToEniCreation(
  region: string,
  settings: ConnectionSettings,
  signal: () => AbortSignal,
): Promise<EniCreation> {
  const client = renewCredentials(await clientFactory(region, settings), chosenProfile(settings.profile));
  const { find } = createNetworkInterfaces(client, signal, () =>
    Promise.reject(new Error('an ENI that was created is found by its id')),
  );
  return {
    subnet: (id) => describeSubnet(client, signal, id),
    tokenOf,
    create: (request) => create(client, signal, request),
    attachmentOf: (eni, request) => attachmentOf(find, signal, eni, request),
    checkCreateAllowed: (request) => checkCreateAllowed(client, signal, request),
  };
}

async function describeSubnet(
  client: Ec2Sender,
  signal: () => AbortSignal,
  id: SubnetToBe['id'],
): Promise<SubnetToBe> {
  const startedMs = performance.now();
  try {
    const [found] =
      (await allPages(
        (page) =>
          client.send(new DescribeSubnetsCommand({ SubnetIds: [id], ...page }), { abortSignal: signal() }),
        ({ Subnets = [] }) => Subnets,
      )) ?? [];
    if (found?.SubnetId !== id)
      throw wrongShape(`${found?.SubnetId ?? 'no subnet'} where ${id} was asked for`);
    const { AvailabilityZone: availabilityZone } = found;
    if (typeof availabilityZone !== 'string') throw wrongShape(`${id} without availabilityZone`);
    return { ...subnetOf(found), availabilityZone };
  } catch (thrown) {
    throw translateRefusal(thrown, `describing ${id}`, performance.now() - startedMs);
  }
}

async function create(
  client: Ec2Sender,
  signal: () => AbortSignal,
  request: CreateRequest,
): Promise<CreatedEni> {
  const startedMs = performance.now();
  try {
    const command = new CreateNetworkInterfaceCommand(inputOf(request));
    const { NetworkInterface } = await client.send(command, { abortSignal: signal() });
    if (NetworkInterface === undefined) throw wrongShape('no ENI where one was to be created');
    const { id, addresses, availabilityZone } = eniOf(NetworkInterface);
    return { id, addresses, availabilityZone };
  } catch (thrown) {
    const activity = `creating an ENI in ${request.subnetId}`;
    throw repeatable(translateRefusal(thrown, activity, performance.now() - startedMs), request);
  }
}

/** The ENI may have been created all the same. */
function repeatable(error: AgentError, request: CreateRequest): AgentError {
  if (error.kind !== 'transient') return error;
  return new AgentError(
    error.kind,
    `${error.message}; then repeat the command: with its client token, ${tokenOf(request)}, it makes no second ENI`,
    { cause: error },
  );
}

async function attachmentOf(
  find: ReturnType<typeof createNetworkInterfaces>['find'],
  signal: () => AbortSignal,
  { id }: CreatedEni,
  request: CreateRequest,
): Promise<Reading<Attachment>> {
  const endMs = performance.now() + SHOWN_WITHIN_MS;
  try {
    do {
      const eni = await find({ eniId: id });
      if (eni !== undefined) return eni.attachment === undefined ? absent : present(eni.attachment);
      await sleep(PAUSE_MS, undefined, { signal: signal() });
    } while (performance.now() < endMs);
  } catch (error) {
    return unknown(
      error instanceof AgentError ? error.message : `EC2 did not show ${id} in the time that it was given`,
    );
  }
  throw new AgentError(
    'node',
    `creating an ENI in ${request.subnetId}: EC2 answered ${id} and shows no such ENI ${SHOWN_WITHIN_MS / 1_000} s later: for client token ${tokenOf(request)} it repeats an answer, and that ENI may have been deleted; give another --client-token`,
  );
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
    if (failureOf(thrown).code === 'DryRunOperation') return;
    const activity = `asking whether an ENI may be created in ${request.subnetId}`;
    throw translateRefusal(thrown, activity, performance.now() - startedMs);
  }
  throw wrongShape('an ENI where only a dry run was asked for');
}

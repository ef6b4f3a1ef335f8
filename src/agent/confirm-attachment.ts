import { AgentError, asAgentError } from '../core/failure.ts';
import type { Traits } from '../core/service.ts';
import { nameOfTarget } from '../core/settings.ts';
import type { State } from '../ports.ts';
import type { Task } from './task.ts';
import { targetOf } from './task.ts';

/**
 * Asks the metadata service who this instance is and EC2 where the ENI is. Silence and refusals are warned of, for
 * an outage of AWS must not end a healthy service; a clear "elsewhere" is believed.
 * @throws {AgentError} `transient`, when EC2 says that this instance does not hold the ENI
 */
export async function confirmAttachment(task: Task, traits: Traits, state: State | undefined): Promise<void> {
  const { ports, settings } = task;
  const name = nameOfTarget(settings);
  task.deadline.doing(`asking EC2 who holds ${name}`);
  try {
    // Kept back from the time limit: if nobody answers in time, the local evidence stands.
    await task.deadline.bound(confirm(task, traits, state), 500);
  } catch (thrown) {
    const error = asAgentError(thrown);
    if (error instanceof Contradiction || error.kind === 'bug') throw error;
    ports.log.warn(`could not confirm that ${name} is attached here: ${error.message}`);
  }
}

/** EC2's clear answer, as opposed to all the ways of getting none. */
class Contradiction extends AgentError {}

async function confirm({ ports, settings }: Task, traits: Traits, state: State | undefined): Promise<void> {
  const identity = await ports.metadata.identity();
  const ec2 = ports.networkInterfaces(settings.region ?? identity.region);
  const name = nameOfTarget(settings);
  const eni = await ec2.find(targetOf(settings));
  if (eni === undefined) throw new Contradiction('transient', `EC2 knows no such ENI any more: ${name}`);
  const holder = eni.attachment?.instanceId;
  if (holder !== identity.instanceId) {
    throw new Contradiction(
      'transient',
      `EC2 says that ${eni.id} is ${holder === undefined ? 'attached to nothing' : `attached to ${holder}`}, not to this instance ${identity.instanceId}`,
    );
  }
  const added = eni.addresses.filter((address) => !traits.addresses.includes(address));
  if (added.length > 0) {
    ports.log.warn(
      `${eni.id} has addresses that start did not see: ${added.join(', ')}; restart the resource to serve them`,
    );
  }
  if (state !== undefined && state.instanceId !== identity.instanceId) {
    ports.log.warn(`the state of start is of instance ${state.instanceId}, this is ${identity.instanceId}`);
  }
}

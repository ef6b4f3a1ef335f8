import type { Eni, Identity } from '../core/eni.ts';
import { AgentError, asAgentError } from '../core/failure.ts';
import type { Traits } from '../core/service.ts';
import { nameOfTarget } from '../core/settings.ts';
import type { State } from '../ports/agent.ts';
import type { Task } from './task.ts';
import { targetOf } from './task.ts';

/** Kept back from the time limit: if nobody answers in time, the local evidence stands. */
const RESERVE_MS = 500;

/** EC2's describes lag behind its deeds by seconds, so a "no" counts only once it has been repeated for so long. */
const CONTRADICTION_MS = 5_000;
const LOOK_MS = 1_000;

/**
 * Asks the metadata service who this instance is and EC2 where the ENI is. Silence, refusals and answers that make no
 * sense are warned of, for an outage of AWS must not end a healthy service; a clear "elsewhere" that lasts is believed.
 * @throws {AgentError} `transient`, when EC2 keeps saying that this instance does not hold the ENI
 */
export async function confirmAttachment(task: Task, traits: Traits, state: State | undefined): Promise<void> {
  const { ports, settings } = task;
  const name = nameOfTarget(settings);
  task.deadline.doing(`asking EC2 who holds ${name}`);
  try {
    await task.deadline.bound(confirm(task, traits, state), RESERVE_MS);
  } catch (thrown) {
    if (thrown instanceof Contradiction) throw thrown;
    ports.log.warn(`could not confirm that ${name} is attached here: ${asAgentError(thrown).message}`);
  }
}

/** EC2's clear answer, as opposed to all the ways of getting none. */
class Contradiction extends AgentError {}

async function confirm(task: Task, traits: Traits, state: State | undefined): Promise<void> {
  const { ports, settings, deadline } = task;
  const identity = await ports.metadata.identity();
  const ec2 = ports.networkInterfaces(settings.region ?? identity.region);
  const untilMs = ports.clock.nowMs() + Math.min(CONTRADICTION_MS, deadline.remainingMs() / 2);
  for (;;) {
    const eni = await ec2.find(targetOf(settings));
    if (eni?.attachment?.instanceId === identity.instanceId)
      return compare(task, eni, traits, identity, state);
    if (ports.clock.nowMs() >= untilMs) throw contradiction(task, eni, identity);
    await ports.clock.sleep(LOOK_MS);
  }
}

function contradiction({ settings }: Task, eni: Eni | undefined, { instanceId }: Identity): Contradiction {
  if (eni === undefined) {
    return new Contradiction(
      'transient',
      `EC2 knows no such ENI any more: ${nameOfTarget(settings)}; look for it in EC2, and who deleted it`,
    );
  }
  const holder = eni.attachment?.instanceId;
  const where = holder === undefined ? 'attached to nothing' : `attached to ${holder}`;
  return new Contradiction(
    'transient',
    `EC2 says that ${eni.id} is ${where}, not to this instance ${instanceId}; a restart of the resource takes it back`,
  );
}

/** What is not as it was when start looked, but no reason to end a service. */
function compare(
  { ports }: Task,
  eni: Eni,
  traits: Traits,
  { instanceId }: Identity,
  state: State | undefined,
): void {
  const added = eni.addresses.filter((address) => !traits.addresses.includes(address));
  if (added.length > 0) {
    ports.log.warn(
      `${eni.id} has addresses that start did not see: ${added.join(', ')}; restart the resource to serve them`,
    );
  }
  if (state !== undefined && state.instanceId !== instanceId) {
    ports.log.warn(`the state of start is of instance ${state.instanceId}, this is ${instanceId}`);
  }
}

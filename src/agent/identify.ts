import { asAgentError } from '../core/failure.ts';
import type { Reading } from '../core/reading.ts';
import { absent, present, unknown } from '../core/reading.ts';
import type { Service } from '../core/service.ts';
import type { Settings } from '../core/settings.ts';
import type { State } from '../ports/agent.ts';
import { servableTraits } from './servable.ts';
import type { Task } from './task.ts';
import { targetOf } from './task.ts';

/** The state that start left for the ENI that is configured now. One for another ENI says nothing about this one. */
export async function ownState({ ports, settings }: Task): Promise<State | undefined> {
  const state = await ports.state.read();
  return state !== undefined && isAbout(state.service, settings) ? state : undefined;
}

/** Whether this instance has the ENI and what it is like, as the metadata service says. */
export async function askMetadata(task: Task): Promise<Reading<Service>> {
  const { ports, settings } = task;
  try {
    const service = await ports.metadata.findInterface(targetOf(settings));
    return service === undefined ? absent : present(await servableTraits(task, service));
  } catch (error) {
    return unknown(asAgentError(error).message);
  }
}

function isAbout(service: Service, { eniId, ip }: Settings): boolean {
  return (
    (eniId === undefined || service.eniId === eniId) && (ip === undefined || service.addresses.includes(ip))
  );
}

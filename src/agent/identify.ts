import { asAgentError } from '../core/failure.ts';
import type { Reading } from '../core/reading.ts';
import { absent, present, unknown } from '../core/reading.ts';
import type { Service } from '../core/service.ts';
import { isWhole } from '../core/service.ts';
import type { Settings } from '../core/settings.ts';
import type { EniTarget, State } from '../ports/agent.ts';
import { servableTraits } from './servable.ts';
import type { Task } from './task.ts';
import { targetOf } from './task.ts';

/** The state that start left for the ENI that is configured now. One for another ENI says nothing about this one. */
export async function ownState({ ports, settings }: Task): Promise<State | undefined> {
  const state = await ports.state.read();
  return state !== undefined && isAbout(state.service, settings) ? state : undefined;
}

/** The same, if by it can be told whether this node serves: a start that was cut off may have known too little for that. */
export async function wholeState(task: Task): Promise<State | undefined> {
  const state = await ownState(task);
  return state !== undefined && isWhole(state.service) ? state : undefined;
}

/** Whether this instance has the ENI and what it is like, as the metadata service says. */
export async function askMetadata(
  task: Task,
  target: EniTarget = targetOf(task.settings),
): Promise<Reading<Service>> {
  try {
    const service = await task.ports.metadata.findInterface(target);
    return service === undefined ? absent : present(await servableTraits(task, service));
  } catch (error) {
    return unknown(asAgentError(error).message);
  }
}

/** Whether it is the ENI that the settings name. */
export function isAbout(service: Service, { eniId, ip }: Settings): boolean {
  return (
    (eniId === undefined || service.eniId === eniId) && (ip === undefined || service.addresses.includes(ip))
  );
}

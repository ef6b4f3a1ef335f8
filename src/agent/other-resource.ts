import { isSameRule } from '../core/assess.ts';
import type { Rule } from '../core/kernel.ts';
import type { OtherState } from '../ports/agent.ts';
import { isAbout } from './identify.ts';
import { readKernel, rulesOf, tracesIn } from './local-network.ts';
import type { Task } from './task.ts';

/** Another resource of this node that a start has given the ENI. */
export interface OtherResource {
  readonly name: string;
  /** What leads into this resource's table all the same, and is none of the other's. */
  readonly ownRules: readonly Rule[];
}

/**
 * To be asked where no start has left a state for this resource: whatever the ENI's device shows is then the other one's, and
 * to call it a part of this one would have the cluster recover this one, and so stop that one.
 */
export async function findOtherResource(task: Task): Promise<OtherResource | undefined> {
  const others = await task.ports.state.others();
  const found = others.find(({ state }: OtherState) => isAbout(state.service, task.settings));
  if (found === undefined) return undefined;
  const its = rulesOf(found.state.network);
  const traces = tracesIn(await readKernel(task), task.settings);
  return {
    name: found.resource,
    ownRules: traces.filter((rule) => !its.some((one) => isSameRule(one, rule))),
  };
}

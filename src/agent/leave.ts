import type { Known } from '../core/plan.ts';
import { serviceOf } from '../core/service.ts';
import { ownState } from './identify.ts';
import { readKernel } from './local-network.ts';
import { takeLock } from './take-lock.ts';
import type { Task } from './task.ts';
import { changesToLeave, withdraw } from './withdraw.ts';

/** Whether anything of the service is on this node. */
export async function isHere(task: Task, { eni, subnet }: Known): Promise<boolean> {
  const state = await ownState(task);
  const kernel = await readKernel(task);
  return state !== undefined || changesToLeave(task, kernel, serviceOf(eni, subnet), undefined).length > 0;
}

/** Takes the service off this node before another one gets the ENI: the local half of a stop, but for the neighbours. Needs root. */
export async function leave(task: Task, { eni, subnet }: Known): Promise<void> {
  await takeLock(task);
  const state = await ownState(task);
  await withdraw(task, serviceOf(eni, subnet), state?.network);
  task.phases.reached('withdrawn');
  await task.ports.state.remove();
}

import { AgentError, asAgentError, OutOfTime } from '../core/failure.ts';
import { growingPauses } from '../core/looks.ts';
import type { Task } from './task.ts';

/** Between the tries of a call that fails for a reason that may pass: throttling, an outage. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** A failure this near to the end is the end's own: the call was cut off by it. */
const CUT_OFF_MS = 25;

/** Whether a call failed because this action's time was up, which says nothing about whom it was made to. */
export function isCutOff({ deadline }: Task, error: AgentError): boolean {
  return error instanceof OutOfTime || deadline.remainingMs() < CUT_OFF_MS;
}

/**
 * The result of `call`, asked for again with growing pauses while it fails for a reason that may pass. The
 * deadline ends it; its reason then names the last failure.
 * @param patienceMs how long to go on after the first failure; then the failure is the result
 */
export async function persist<T>(
  task: Task,
  activity: string,
  call: () => Promise<T>,
  patienceMs = Number.POSITIVE_INFINITY,
): Promise<T> {
  const { clock, log } = task.ports;
  return task.deadline.during(activity, async (failed) => {
    let failingSinceMs: number | undefined;
    for (const pauseMs of growingPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, clock.random)) {
      try {
        return await call();
      } catch (thrown) {
        const error = asAgentError(thrown);
        const nowMs = clock.nowMs();
        if (error.kind !== 'transient' || nowMs - (failingSinceMs ?? nowMs) >= patienceMs) throw error;
        if (!isCutOff(task, error)) {
          failed(error.message);
          if (failingSinceMs === undefined) log.warn(`${error.message}; trying again`);
          failingSinceMs ??= nowMs;
        }
      }
      await clock.sleep(pauseMs);
    }
    throw new AgentError('bug', 'internal error: the pauses between tries ended; please report this');
  });
}

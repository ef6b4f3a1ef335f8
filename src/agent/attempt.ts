import { asAgentError } from '../core/failure.ts';
import { isCutOff } from './persist.ts';
import type { Task } from './task.ts';

/** A request whose answer did not come. */
export interface Lost {
  readonly lost: string;
}

/**
 * The answer to a request that changes something. EC2 knows no token for it, so after one that got lost it is not
 * repeated blindly: only a look tells what became of it.
 */
export async function attempt<T>(
  task: Task,
  pauses: Iterator<number>,
  activity: string,
  request: () => Promise<T>,
): Promise<T | Lost> {
  task.deadline.doing(activity);
  try {
    return await request();
  } catch (thrown) {
    const error = asAgentError(thrown);
    if (error.kind !== 'transient') throw error;
    if (!isCutOff(task, error)) {
      task.deadline.blame(error.message);
      task.ports.log.warn(`${error.message}; looking what became of it`);
    }
    await task.ports.clock.sleep(pauses.next().value);
    return { lost: activity };
  }
}

export function isLost(answer: unknown): answer is Lost {
  return typeof answer === 'object' && answer !== null && 'lost' in answer;
}

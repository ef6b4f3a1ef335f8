import { AgentError, asAgentError } from '../core/failure.ts';
import { growingPauses } from '../core/looks.ts';
import type { Task } from './task.ts';

/** An outage, or a silence, is waited out for so long; and for no more than this share of what is left of the time. */
const PATIENCE_MS = 3_000;
const SHARE = 0.25;

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 1_000;

export type Advice<T> = { readonly told: T } | { readonly untold: AgentError };

/**
 * The answer to a question that only advises, or why there is none: the action goes on either way. Never rejects.
 */
export async function seekAdvice<T>(task: Task, ask: () => Promise<T>): Promise<Advice<T>> {
  const { clock } = task.ports;
  const patienceMs = Math.min(PATIENCE_MS, task.deadline.remainingMs() * SHARE);
  const untilMs = clock.nowMs() + patienceMs;
  const answered = new AbortController();
  let untold = new AgentError('transient', `EC2 gave no answer within ${(patienceMs / 1_000).toFixed(1)} s`);
  const silence = clock.sleep(patienceMs, answered.signal).then((): Advice<T> => ({ untold }));
  // It is ended by the answer, which then has won the race.
  silence.catch(() => undefined);
  const answer = async (): Promise<Advice<T>> => {
    const pauses = growingPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, clock.random);
    for (;;) {
      try {
        return { told: await ask() };
      } catch (thrown) {
        // The reason also where the next try gets no answer in time.
        untold = asAgentError(thrown);
        const pauseMs = pauses.next().value;
        if (untold.kind !== 'transient' || clock.nowMs() + pauseMs >= untilMs) return { untold };
        await clock.sleep(pauseMs);
      }
    }
  };
  const advice = await Promise.race([answer(), silence]);
  answered.abort();
  return advice;
}

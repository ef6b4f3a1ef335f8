import { AgentError, asAgentError } from '../core/failure.ts';
import type { Clock } from '../ports/agent.ts';
import { measureTimeSpent } from './time-spent.ts';

/**
 * Pacemaker ends an action that runs out of time by SIGKILL to its process group, without a warning; so the agent
 * ends by itself before that, and says what it was waiting for.
 */
export interface Deadline {
  remainingMs(): number;
  /**
   * Names what is being done from now on. If time runs out, the reason names what took the most of it.
   * @param said what is known about it, for the same reason
   */
  doing(activity: string, said?: string): void;
  /** The result of `work`, which is being done meanwhile, maybe beside others. `work` passes on what was last said against it. */
  during<T>(activity: string, work: (failed: (said: string) => void) => Promise<T>): Promise<T>;
  /** What was last said against what is being done, for the same reason; `undefined`: it is overcome. */
  blame(said: string | undefined): void;
  /** The result of `work`, or a `transient` error naming what took the time once `remainingMs` less `reserveMs` is over. */
  bound<T>(work: Promise<T>, reserveMs?: number): Promise<T>;
}

/** What is left to Pacemaker's limit when the process has ended: the larger of both. */
const MARGIN_MS = 500;
const MARGIN_SHARE = 0.05;

/** From the decision to give up to the end of the process: the reason, the last words to syslog, a busy processor. */
const ENDING_MS = 400;

/**
 * @param timeoutMs the time that Pacemaker allows, from the process's start at `startedMs` of `clock`
 * @param moreTime how the reader gives it more
 * @param trace told of each activity as it begins
 */
export function createDeadline(
  clock: Clock,
  startedMs: number,
  timeoutMs: number,
  moreTime: string,
  trace: (activity: string) => void = () => undefined,
): Deadline {
  const endMs = startedMs + timeoutMs - Math.max(MARGIN_MS, timeoutMs * MARGIN_SHARE) - ENDING_MS;
  let setback = '';
  const spent = measureTimeSpent(clock.nowMs, startedMs, "reading this resource's state");
  const remainingMs = (): number => Math.max(0, endMs - clock.nowMs());
  return {
    remainingMs,
    doing: (activity, said) => {
      trace(activity);
      spent.turnTo(activity);
      if (said !== undefined) spent.note(activity, said);
    },
    during: async (activity, work) => {
      trace(activity);
      const end = spent.beside(activity);
      try {
        return await work((said) => spent.note(activity, said));
      } finally {
        end();
      }
    },
    blame: (said) => {
      setback = said === undefined ? '' : `, after ${said}`;
    },
    bound: async (work, reserveMs = 0) => {
      const stop = new AbortController();
      const expired = clock.sleep(remainingMs() - reserveMs, stop.signal).then((): never => {
        const seconds = ((clock.nowMs() - startedMs) / 1000).toFixed(1);
        throw new AgentError(
          'transient',
          `out of time after ${seconds} s of ${timeoutMs / 1000} s while ${spent.most()}${setback}; the next action goes on from here; ${moreTime}`,
        );
      });
      // Whoever loses the race must not end the process as an unhandled rejection.
      expired.catch(() => undefined);
      work.catch(() => undefined);
      try {
        return await Promise.race([work, expired]);
      } catch (error) {
        throw asAgentError(error);
      } finally {
        stop.abort();
      }
    },
  };
}

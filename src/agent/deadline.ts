import { AgentError, asAgentError } from '../core/failure.ts';
import type { Clock } from '../ports/agent.ts';

/**
 * Pacemaker ends an action that runs out of time by SIGKILL to its process group, without a warning; so the agent
 * ends by itself before that, and says what it was waiting for.
 */
export interface Deadline {
  remainingMs(): number;
  /** Names what is being done from now on, for the reason in case that time runs out. */
  doing(activity: string): void;
  /** What was last said against what is being done, for the same reason; `undefined`: it is overcome. */
  blame(said: string | undefined): void;
  /** The result of `work`, or a `transient` error naming the activity once `remainingMs` less `reserveMs` is over. */
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
 */
export function createDeadline(
  clock: Clock,
  startedMs: number,
  timeoutMs: number,
  moreTime: string,
): Deadline {
  const endMs = startedMs + timeoutMs - Math.max(MARGIN_MS, timeoutMs * MARGIN_SHARE) - ENDING_MS;
  let setback = '';
  let activity = "reading this resource's state";
  const remainingMs = (): number => Math.max(0, endMs - clock.nowMs());
  return {
    remainingMs,
    doing: (next) => {
      activity = next;
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
          `out of time after ${seconds} s of ${timeoutMs / 1000} s while ${activity}${setback}; the next action goes on from here; ${moreTime}`,
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

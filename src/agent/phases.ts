import type { Clock } from '../ports/agent.ts';
import type { RecordedPhase } from '../ports/history.ts';

/**
 * What an action has reached, in the order it happens. `released`: EC2 says that nobody holds the ENI; `confirmed`: that
 * another instance does.
 */
type Phase =
  | 'found'
  | 'withdrawn'
  | 'detached'
  | 'available'
  | 'attached'
  | 'device'
  | 'released'
  | 'confirmed'
  | 'configured';

/** When each phase was reached, in ms since the action began. */
export interface Phases {
  /** @param nowMs where it was reached a moment ago */
  reached(phase: Phase, nowMs?: number): void;
  /** One line, such as `found 210 ms, detached 2 610 ms`: each phase with its own duration. */
  toString(): string;
  /** In the order in which they were reached, each with the ms since the one before it, or since the beginning. */
  list(): readonly RecordedPhase[];
}

/** @param report told of each phase as it is reached, with the ms since the action began */
export function recordPhases(clock: Clock, startedMs: number, report: (line: string) => void): Phases {
  const times: { readonly phase: Phase; readonly atMs: number }[] = [];
  const list = (): readonly RecordedPhase[] =>
    times.map(({ phase, atMs }, index) => ({ phase, ms: Math.round(atMs - (times[index - 1]?.atMs ?? 0)) }));
  return {
    reached: (phase, nowMs = clock.nowMs()) => {
      if (times.some((time) => time.phase === phase)) return;
      const atMs = nowMs - startedMs;
      times.push({ phase, atMs });
      report(`${phase} after ${Math.round(atMs)} ms`);
    },
    toString: () =>
      list()
        .map(({ phase, ms }) => `${phase} ${ms} ms`)
        .join(', ') || 'nothing to do',
    list,
  };
}

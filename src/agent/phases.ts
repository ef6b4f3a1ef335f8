import type { Clock } from '../ports/agent.ts';

/** What a start or stop has reached, in the order it happens. `released`: EC2 says that nobody holds the ENI. */
type Phase =
  | 'found'
  | 'withdrawn'
  | 'detached'
  | 'available'
  | 'attached'
  | 'device'
  | 'released'
  | 'configured';

/** When each phase was reached, in ms since the action began. */
export interface Phases {
  /** @param nowMs where it was reached a moment ago */
  reached(phase: Phase, nowMs?: number): void;
  /** One line, such as `found 210 ms, detached 2 610 ms`: each phase with its own duration. */
  toString(): string;
}

/** @param report told of each phase as it is reached, with the ms since the action began */
export function recordPhases(clock: Clock, startedMs: number, report: (line: string) => void): Phases {
  const times: { readonly phase: Phase; readonly atMs: number }[] = [];
  return {
    reached: (phase, nowMs = clock.nowMs()) => {
      if (times.some((time) => time.phase === phase)) return;
      const atMs = nowMs - startedMs;
      times.push({ phase, atMs });
      report(`${phase} after ${Math.round(atMs)} ms`);
    },
    toString: () =>
      times
        .map(({ phase, atMs }, index) => `${phase} ${Math.round(atMs - (times[index - 1]?.atMs ?? 0))} ms`)
        .join(', ') || 'nothing to do',
  };
}

import type { Clock } from '../../ports/agent.ts';
import type { Screen } from '../../ports/screen.ts';
import { faint } from '../style.ts';
import type { Shown } from './describe.ts';
import { describe } from './describe.ts';
import { drawStages } from './draw-stages.ts';
import type { Seen } from './stage.ts';
import { follow } from './stage.ts';

export interface Watch<T> {
  readonly again: () => Promise<T>;
  readonly screen: Screen;
  readonly clock: Clock;
  /** Prints each look as data instead of drawing it. */
  readonly json: ((shown: T) => void) | undefined;
  readonly intervalMs: number;
  readonly count: number | undefined;
}

/** While the ENI moves, a phase can be as short as this. */
const MOVING_MS = 500;

/** Shows look after look, as many as are asked for, as long as somebody reads them. Resolves with the last one. */
export async function watch<T extends Shown>(first: T, options: Watch<T>): Promise<T> {
  const { again, screen, clock, json, intervalMs, count = Number.POSITIVE_INFINITY } = options;
  let shown = first;
  let seen: readonly Seen[] = [];
  for (let looks = 1; ; looks += 1) {
    const nowMs = clock.nowMs();
    seen = follow(seen, shown.stage, nowMs);
    if (json === undefined) {
      const stages = seen.length > 1 ? `\n\n${drawStages(seen, nowMs)}` : '';
      const hint = screen.isTerminal ? `\n\n${faint('Ctrl-C ends this.')}` : '\n';
      screen.redraw(`${describe(shown, screen.columns)}${stages}${hint}\n`);
    } else json(shown);
    if (looks >= count || !screen.isRead()) return shown;
    await clock.sleep(shown.stage.isSteady ? intervalMs : Math.min(MOVING_MS, intervalMs));
    shown = await again();
  }
}

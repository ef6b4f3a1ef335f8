import { good, strong } from '../style.ts';
import type { Seen } from './stage.ts';

/** How much time a block of a bar stands for. */
const BLOCK_MS = 250;
/** The longest bar. */
const BLOCKS = 40;

/** The stages of a move, each with the time that it took so far, as bars below each other. */
export function drawStages(seen: readonly Seen[], nowMs: number): string {
  const width = Math.max(...seen.map(({ name }) => name.length));
  return seen
    .map(({ name, sinceMs, isSteady }, at) => {
      const next = seen[at + 1];
      const tookMs = (next?.sinceMs ?? nowMs) - sinceMs;
      const label = name.padEnd(width);
      // What was before a move has no length of interest, and what is steady has no end.
      if (isSteady) {
        const total = at > 0 ? `  after ${seconds(sinceMs - (seen[1]?.sinceMs ?? sinceMs))}` : '';
        return `  ${next === undefined ? strong(label) : label}${total}`;
      }
      const bar = '█'.repeat(Math.min(BLOCKS, Math.max(1, Math.round(tookMs / BLOCK_MS))));
      return `  ${next === undefined ? strong(label) : label}  ${good(bar)} ${seconds(tookMs)}`;
    })
    .join('\n');
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

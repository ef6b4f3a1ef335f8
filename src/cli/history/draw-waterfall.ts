import type { RecordedAction } from '../../ports/history.ts';
import { drawing, line, phaseClass, rect, seconds, text, ticks } from './svg.ts';

const WIDTH = 800;
const LEFT = 110;
const RIGHT = 90;
const TOP = 56;
const ROW = 26;

/** One action: each phase as a bar that begins where the one before it ended. */
export function drawWaterfall({
  resource,
  action,
  beganAt,
  outcome,
  tookMs,
  phases,
}: RecordedAction): string {
  const total = Math.max(
    tookMs ?? 0,
    phases.reduce((sum, { ms }) => sum + ms, 0),
  );
  const scale = (WIDTH - LEFT - RIGHT) / Math.max(1, total);
  const bottom = TOP + Math.max(1, phases.length) * ROW;
  let fromMs = 0;
  const bars = phases.map(({ phase, ms }, at) => {
    const y = TOP + at * ROW;
    const x = LEFT + fromMs * scale;
    fromMs += ms;
    return [
      text(LEFT - 10, y + 16, phase, 'end'),
      rect({ x, y: y + 4, width: ms * scale, height: ROW - 8 }, phaseClass(at), `${phase} ${seconds(ms)}`),
      text(x + ms * scale + 6, y + 16, seconds(ms)),
    ].join('');
  });
  const grid = ticks(total).map((ms) => {
    const x = LEFT + ms * scale;
    return line(x, TOP, x, bottom) + text(x, bottom + 16, seconds(ms), 'middle');
  });
  const title = `${action} of ${resource}, ${beganAt}: ${outcome}, ${seconds(total)}`;
  return drawing(WIDTH, bottom + 32, title, [...grid, ...bars]);
}

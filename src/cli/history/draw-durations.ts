import type { RecordedAction } from '../../ports/history.ts';
import { drawing, line, phaseClass, rect, seconds, text, ticks } from './svg.ts';

const LEFT = 60;
const RIGHT = 24;
const TOP = 72;
const HEIGHT = 240;
const NARROWEST = 480;
/** Of a name in the legend. */
const NAME = 95;
const BAR = 22;

/** Actions one after the other: each a bar as high as it took, of its phases on top of each other; failed ones framed. */
export function drawDurations(actions: readonly RecordedAction[]): string {
  const shown = actions.filter(({ tookMs }) => tookMs !== null);
  const names = [...new Set(shown.flatMap(({ phases }) => phases.map(({ phase }) => phase)))];
  const longest = Math.max(1, ...shown.map(lengthOf));
  const scale = HEIGHT / longest;
  const bottom = TOP + HEIGHT;
  const width = Math.max(NARROWEST, LEFT + RIGHT + shown.length * BAR, LEFT + names.length * NAME);
  const grid = ticks(longest).map(
    (ms) =>
      line(LEFT, bottom - ms * scale, width - RIGHT, bottom - ms * scale) +
      text(LEFT - 8, bottom - ms * scale + 4, seconds(ms), 'end'),
  );
  const legend = names.map(
    (name, at) =>
      rect({ x: LEFT + at * NAME, y: 38, width: 12, height: 12 }, phaseClass(at), name) +
      text(LEFT + at * NAME + 17, 48, name),
  );
  const bars = shown.map((action, at) => {
    const x = LEFT + 4 + at * BAR;
    let y = bottom;
    const parts = action.phases.map(({ phase, ms }) => {
      y -= ms * scale;
      const what = `${action.action} of ${action.resource}, ${action.beganAt}: ${phase} ${seconds(ms)}`;
      return rect({ x, y, width: BAR - 6, height: ms * scale }, phaseClass(names.indexOf(phase)), what);
    });
    const whole = {
      x,
      y: bottom - (action.tookMs ?? 0) * scale,
      width: BAR - 6,
      height: (action.tookMs ?? 0) * scale,
    };
    const frame =
      action.outcome === 'ok' ? '' : rect(whole, 'failed', `${action.outcome}: ${action.reason ?? ''}`);
    return [
      ...parts,
      frame,
      text(x + (BAR - 6) / 2, bottom + 16, action.action === 'stop' ? '▼' : '▲', 'middle'),
    ].join('');
  });
  const from = shown[0]?.beganAt ?? '';
  const to = shown.at(-1)?.beganAt ?? '';
  return drawing(width, bottom + 48, 'start ▲ and stop ▼ on this node', [
    ...grid,
    ...legend,
    ...bars,
    text(LEFT, bottom + 36, from),
    text(width - RIGHT, bottom + 36, to, 'end'),
  ]);
}

/** Phases are rounded, each by itself. */
function lengthOf({ tookMs, phases }: RecordedAction): number {
  return Math.max(
    tookMs ?? 0,
    phases.reduce((sum, { ms }) => sum + ms, 0),
  );
}

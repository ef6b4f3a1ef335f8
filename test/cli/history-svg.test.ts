import { XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { drawDurations } from '../../src/cli/history/draw-durations.ts';
import { drawWaterfall } from '../../src/cli/history/draw-waterfall.ts';
import { ticks } from '../../src/cli/history/svg.ts';
import type { RecordedAction } from '../../src/ports/history.ts';

const action: RecordedAction = {
  resource: 'service-eni',
  action: 'start',
  beganAt: '2026-11-23T19:04:05.000Z',
  outcome: 'ok',
  exitCode: 0,
  tookMs: 3_000,
  reason: null,
  phases: [
    { phase: 'found', ms: 200 },
    { phase: 'detached', ms: 100 },
    { phase: 'available', ms: 2_500 },
    { phase: 'configured', ms: 200 },
  ],
};
const hostile = { ...action, resource: '<script>&"', outcome: 'failed', reason: '</svg>"&' } as const;

/** Where the bars of a kind are, and how long. */
function bars(svg: string, of: 'x' | 'width' | 'height'): readonly number[] {
  return [...svg.matchAll(/<rect class="p\d"[^>]*>/g)].map(([tag]) =>
    Number(new RegExp(` ${of}="([\\d.]+)"`).exec(tag)?.[1]),
  );
}

test.each([
  ['a waterfall', drawWaterfall(action)],
  ['a waterfall of nothing', drawWaterfall({ ...action, phases: [], tookMs: null, outcome: 'cut off' })],
  ['a waterfall of hostile words', drawWaterfall(hostile)],
  ['durations', drawDurations([action, hostile, { ...action, tookMs: null }])],
  ['no durations', drawDurations([])],
])('%s is a document without a script', (_what, svg) => {
  expect(XMLValidator.validate(svg)).toBe(true);
  expect(svg).not.toMatch(/<script|NaN|undefined|Infinity/);
});

describe('a waterfall', () => {
  test('has a bar for each phase, as long as it took, where the one before it ended', () => {
    const svg = drawWaterfall(action);
    const [x, width] = [bars(svg, 'x'), bars(svg, 'width')];
    expect(width.map((one) => Math.round((one / 600) * 3_000))).toEqual([200, 100, 2_500, 200]);
    for (const [at, left] of x.slice(1).entries())
      expect(left).toBeCloseTo((x[at] ?? 0) + (width[at] ?? 0), 0);
  });
});

describe('durations', () => {
  test('are bars of phases on top of each other; what failed has a frame', () => {
    const svg = drawDurations([
      action,
      { ...action, outcome: 'failed', tookMs: 6_000, phases: [{ phase: 'found', ms: 6_000 }] },
    ]);
    expect(
      bars(svg, 'height')
        .slice(4)
        .map((one) => Math.round(((one / 240) * 6_000) / 100)),
    ).toEqual([2, 1, 25, 2, 60]);
    expect(svg.match(/class="failed"/g)).toHaveLength(1);
  });
});

test.each([
  [1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [3_000, [0, 500, 1_000, 1_500, 2_000, 2_500, 3_000]],
  [95_000, [0, 20_000, 40_000, 60_000, 80_000]],
])('an axis to %d has %j', (end, expected) => {
  expect(ticks(end).map((one) => Number(one.toFixed(3)))).toEqual(expected);
});

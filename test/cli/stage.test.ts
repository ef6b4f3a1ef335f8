import { expect, test } from 'vitest';
import { drawStages } from '../../src/cli/show/draw-stages.ts';
import type { Seen, Stage } from '../../src/cli/show/stage.ts';
import { follow } from '../../src/cli/show/stage.ts';
import { withoutStyle } from '../../src/cli/style.ts';

const held = { name: 'held by i-b', isSteady: true };
const leaving = { name: 'leaving i-b', isSteady: false };
const coming = { name: 'coming to this node', isSteady: false };
const served = { name: 'held by this node, and served', isSteady: true };

const after = (...stages: readonly (readonly [Stage, number])[]): readonly Seen[] =>
  stages.reduce<readonly Seen[]>((seen, [stage, atMs]) => follow(seen, stage, atMs), []);

test('a stage that goes on is one stage', () => {
  expect(after([held, 0], [held, 1_000], [leaving, 2_000], [leaving, 2_500])).toEqual([
    { ...held, sinceMs: 0 },
    { ...leaving, sinceMs: 2_000 },
  ]);
});

test('the next move begins where the last one ended', () => {
  const seen = after([held, 0], [leaving, 1_000], [served, 2_000], [coming, 9_000]);
  expect(seen.map(({ name }) => name)).toEqual([served.name, coming.name]);
});

test('phases are drawn as long as they took, the one under way up to now', () => {
  const seen = after([held, 0], [leaving, 5_000], [coming, 7_400]);
  expect(withoutStyle(drawStages(seen, 7_900)).split('\n')).toEqual([
    '  held by i-b        ',
    '  leaving i-b          ██████████ 2.4 s',
    '  coming to this node  ██ 0.5 s',
  ]);
});

test('what a move ended with tells how long it took', () => {
  const seen = after([held, 0], [leaving, 5_000], [coming, 7_400], [served, 8_600]);
  expect(withoutStyle(drawStages(seen, 60_000)).split('\n').at(-1)).toBe(
    '  held by this node, and served  after 3.6 s',
  );
});

test('a phase that takes for ever fits a line of 80 columns', () => {
  const drawn = withoutStyle(drawStages(after([held, 0], [leaving, 0]), 3_600_000));
  expect(Math.max(...drawn.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

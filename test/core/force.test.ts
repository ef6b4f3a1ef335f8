import { describe, expect, test } from 'vitest';
import { isForceDue, patience } from '../../src/core/force.ts';
import { settings } from '../fixtures/world.ts';

describe('how long a detach may take, of an action that was begun with it', () => {
  test.each([
    [180_000, 30_000, 30_000, 'force_after'],
    [42_000, 30_000, 30_000, 'force_after'],
    [41_000, 30_000, 29_000, 'time limit'],
    [18_500, 30_000, 6_500, 'time limit'],
    [17_000, 30_000, 5_000, 'time limit'],
    [16_999, 30_000, 30_000, 'too short'],
    [8_000, 1_000, 1_000, 'too short'],
    [Number.POSITIVE_INFINITY, 30_000, 30_000, 'force_after'],
  ] as const)('%i ms left, force_after %i: %i', (remainingMs, forceAfter, ms, endedBy) => {
    const progress = { detachingForMs: 0, forced: false, remainingMs };
    expect(patience(progress, settings({ forceAfter }))).toEqual({ ms, endedBy });
  });

  test.each([0, 3_000, 6_499, 12_000])('is the same after %i ms of it', (detachingForMs) => {
    const progress = { detachingForMs, forced: false, remainingMs: 18_500 - detachingForMs };
    expect(patience(progress, settings()).ms).toBe(6_500);
    expect(isForceDue(progress, settings())).toBe(detachingForMs >= 6_500);
  });
});

test('what an earlier action has waited counts, and can be enough', () => {
  const progress = { detachingForMs: 16_000, forced: false, remainingMs: 9_000 };
  expect(patience(progress, settings())).toEqual({ ms: 13_000, endedBy: 'time limit' });
  expect(isForceDue(progress, settings())).toBe(true);
});

test.each([
  [0, 9_999, false],
  [0, 10_000, true],
  [30_000, 29_999, false],
  [30_000, 30_000, true],
])('force is repeated with force_after %i after %i ms: %s', (forceAfter, detachingForMs, isDue) => {
  const progress = { detachingForMs, forced: true, remainingMs: 5_000 };
  expect(isForceDue(progress, settings({ forceAfter }))).toBe(isDue);
});

test.each(['graceful', 'force'] as const)('detach_mode=%s: nothing becomes due', (detachMode) => {
  const progress = { detachingForMs: 90_000, forced: false, remainingMs: 1_000 };
  expect(isForceDue(progress, settings({ detachMode }))).toBe(false);
});

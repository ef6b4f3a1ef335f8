import { expect, test } from 'vitest';
import { createTokenBucket } from './token-bucket.ts';

test('a full bucket allows a burst, and refills with time up to its size', () => {
  const take = createTokenBucket({ capacity: 3, refillPerSecond: 2 });
  const burst = [0, 0, 0, 0].map(take);
  expect(burst).toEqual([true, true, true, false]);
  expect([499, 500, 500].map(take)).toEqual([false, true, false]);
  expect([60_000, 60_000, 60_000, 60_000].map(take)).toEqual([true, true, true, false]);
});

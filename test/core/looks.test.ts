import fc from 'fast-check';
import { expect, test } from 'vitest';
import { growingPauses, releaseLooks } from '../../src/core/looks.ts';

function take(count: number, numbers: Iterator<number>): readonly number[] {
  return Array.from({ length: count }, () => Number(numbers.next().value));
}

const random = fc.double({ min: 0, max: 1, noNaN: true });

test('looks for a release come in order, close together where a detach usually ends, and go on for ever', () => {
  fc.assert(
    fc.property(random, (number) => {
      const looks = take(
        60,
        releaseLooks(() => number),
      );
      expect(looks).toEqual(looks.toSorted((one, other) => one - other));
      expect(looks.filter((look) => look < 3_200).length).toBeLessThanOrEqual(4);
      const pauses = looks.slice(1).map((look, index) => look - (looks[index] ?? 0));
      expect(Math.max(...pauses.slice(0, 6))).toBeLessThan(1_100);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(3_000 * 1.02 + 1);
      // Every look is within 2 % of where it would be without chance.
      const plain = take(
        60,
        releaseLooks(() => 0.5),
      );
      for (const [index, look] of looks.entries()) {
        expect(Math.abs(look / (plain[index] ?? 1) - 1)).toBeLessThanOrEqual(0.0201);
      }
    }),
  );
});

test('pauses double up to the longest, each cut by at most a half', () => {
  expect(
    take(
      6,
      growingPauses(250, 3_000, () => 1),
    ),
  ).toEqual([250, 500, 1_000, 2_000, 3_000, 3_000]);
  expect(
    take(
      3,
      growingPauses(250, 3_000, () => 0),
    ),
  ).toEqual([125, 250, 500]);
});

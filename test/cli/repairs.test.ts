import { expect, test } from 'vitest';
import { checkRepairs } from '../../src/cli/doctor/check-repairs.ts';
import { describeRepairs, inLastDay, localTime } from '../../src/cli/repairs.ts';
import { absent, present, unknown } from '../../src/core/reading.ts';
import type { RecordedRepair } from '../../src/ports/history.ts';

const now = new Date('2026-11-24T12:00:00.000Z');
const at = (time: string, missing = 'rule 100'): RecordedRepair => ({
  resource: 'service-eni',
  at: time,
  missing: [missing, 'route 10.2.0.0/24'],
});
const dayAgo = at('2026-11-23T12:00:00.000Z', 'address 10.2.0.10/24');
const lessThanADayAgo = at('2026-11-23T12:00:00.001Z');
const comingUp = at('2026-11-24T12:30:00.000Z');
const found = (...repairs: readonly RecordedRepair[]) => checkRepairs(present(repairs), now).checks[0];

test('the last day ends 24 hours ago; what a clock that was set back makes later belongs to it', () => {
  expect(inLastDay([dayAgo, lessThanADayAgo, comingUp], now)).toEqual([lessThanADayAgo, comingUp]);
});

test('how often, when at last, and what', () => {
  expect(describeRepairs([], now)).toBeUndefined();
  expect(describeRepairs([dayAgo, lessThanADayAgo], now)).toBe(
    `1 in the last 24 hours, the latest ${localTime(lessThanADayAgo.at)}: rule 100, route 10.2.0.0/24`,
  );
  expect(describeRepairs([dayAgo], now)).toMatch(/^0 in the last 24 hours, the latest .*: address/);
});

test('doctor warns of the last day, and of no other', () => {
  expect(found(dayAgo)).toMatchObject({ status: 'ok', remedy: null });
  expect(found(dayAgo, lessThanADayAgo, comingUp)).toMatchObject({
    id: 'repairs',
    status: 'warning',
    found: expect.stringMatching(/^2 in the last 24 hours/),
    remedy: expect.stringContaining("'aws-eni history'"),
  });
  expect(checkRepairs(unknown('could not read it'), now).checks[0]).toMatchObject({
    status: 'unknown',
    found: 'could not read it',
  });
  expect(checkRepairs(absent, now).checks[0]?.status).toBe('unknown');
});

import { expect, test } from 'vitest';
import { actionsIn, repairsIn } from '../../src/adapters/operator/history.ts';
import { bootId, startTicksOf } from '../../src/adapters/process-start.ts';

const begun = {
  version: 1,
  id: 'a',
  is: 'begun',
  at: '2026-11-23T19:04:05.000Z',
  resource: 'service-eni',
  action: 'start',
  bootId: 'another',
  pid: 1,
  startTicks: 0,
};
const ended = {
  version: 1,
  id: 'a',
  is: 'ended',
  exitCode: 0,
  reason: null,
  tookMs: 12,
  phases: [{ phase: 'found', ms: 12 }],
};
const outcomes = (...lines: readonly unknown[]) => actionsIn(lines).map(({ outcome }) => outcome);

test('an action is its two lines', () => {
  expect(actionsIn([begun, ended])).toEqual([
    {
      resource: 'service-eni',
      action: 'start',
      beganAt: '2026-11-23T19:04:05.000Z',
      outcome: 'ok',
      exitCode: 0,
      tookMs: 12,
      reason: null,
      phases: [{ phase: 'found', ms: 12 }],
    },
  ]);
  expect(outcomes(begun, { ...ended, exitCode: 1, reason: 'out of time' })).toEqual(['failed']);
});

test('one without an end is under way while its process lives, and cut off afterwards', () => {
  const own = { ...begun, bootId: bootId(), pid: process.pid, startTicks: startTicksOf('self') };
  expect(outcomes(own)).toEqual(['under way']);
  expect(outcomes({ ...own, startTicks: 1 })).toEqual(['cut off']);
  expect(outcomes({ ...own, bootId: 'another' })).toEqual(['cut off']);
});

test.each([
  ['no record', 'x'],
  ['null', null],
  ['of another version', { ...begun, version: 2 }],
  ['without a time', { ...begun, at: 'yesterday' }],
  ['without a resource', { ...begun, resource: 7 }],
  ['of a strange action', { ...begun, action: '\u001b[31mstart' }],
])('a line that is %s is passed over', (_what, line) => {
  expect(outcomes(line, { ...begun, id: 'b' })).toEqual(['cut off']);
});

test.each([
  ['phases that are none', { ...ended, phases: [{ phase: '<b>', ms: 1 }] }],
  ['no exit code', { ...ended, exitCode: null }],
  ['a time that is none', { ...ended, tookMs: 'long' }],
])('an end with %s is no end', (_what, line) => {
  expect(outcomes(begun, line)).toEqual(['cut off']);
});

test('words are shown on one line, without what rewrites it', () => {
  const [action] = actionsIn([
    { ...begun, resource: 'a\nb' },
    { ...ended, exitCode: 1, reason: 'x\u001b[2Jy' },
  ]);
  expect(action).toMatchObject({ resource: 'a b', reason: String.raw`x\u001b[2Jy` });
});

const repaired = {
  version: 1,
  id: 'c',
  is: 'repaired',
  at: '2026-11-23T19:05:05.000Z',
  resource: 'service-eni',
  missing: ['rule 100: from 10.2.0.10/32 lookup 100'],
};

test('a repair is one line, which is no action', () => {
  const { resource, at, missing } = repaired;
  expect(repairsIn([begun, ended, repaired])).toEqual([{ resource, at, missing }]);
  expect(actionsIn([repaired])).toEqual([]);
});

test.each([
  ['of another version', { ...repaired, version: 2 }],
  ['without a time', { ...repaired, at: 7 }],
  ['without a resource', { ...repaired, resource: null }],
  ['of nothing', { ...repaired, missing: 'the rule' }],
  ['of no words', { ...repaired, missing: [{}] }],
])('a repair %s is passed over', (_what, line) => {
  expect(repairsIn([line])).toEqual([]);
});

test('words of a repair are shown on one line', () => {
  expect(repairsIn([{ ...repaired, missing: ['a\nb'] }])).toMatchObject([{ missing: ['a b'] }]);
});

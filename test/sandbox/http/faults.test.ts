import { expect, test } from 'vitest';
import type { FaultableCall, FaultRule } from './faults.ts';
import { createFaults } from './faults.ts';

const describe: FaultableCall = { service: 'ec2', name: 'DescribeInstances', instanceId: 'i-a' };
const role: FaultableCall = {
  service: 'imds',
  name: '/latest/meta-data/iam/security-credentials/x',
  instanceId: 'i-b',
};

test.each<[string, FaultRule['match'], FaultableCall, boolean]>([
  ['every call of a service', { service: 'ec2' }, describe, true],
  ['not the other service', { service: 'imds' }, describe, false],
  ['an action', { service: 'ec2', action: 'DescribeInstances' }, describe, true],
  ['not a part of its name', { service: 'ec2', action: 'Describe' }, describe, false],
  ['a part of a path', { service: 'imds', path: '/iam/' }, role, true],
  ['not another path', { service: 'imds', path: '/network/' }, role, false],
  ['an instance', { service: 'ec2', instanceId: 'i-a' }, describe, true],
  ['not another instance', { service: 'ec2', instanceId: 'i-b' }, describe, false],
])('a rule hits %s', (_what, match, call, hit) => {
  const faults = createFaults();
  faults.add(0, { match, do: 'drop-before' });
  expect(faults.take(0, call)).toBe(hit ? 'drop-before' : undefined);
});

test('a rule is used up by its number of hits, then the next one counts', () => {
  const faults = createFaults();
  faults.add(0, { match: { service: 'ec2' }, times: 2, do: 'drop-before' });
  faults.add(0, { match: { service: 'ec2' }, times: 1, do: 'black-hole' });
  const taken = [0, 1, 2, 3].map((ms) => faults.take(ms, describe));
  expect(taken).toEqual(['drop-before', 'drop-before', 'black-hole', undefined]);
});

test('a rule ends with its time', () => {
  const faults = createFaults();
  faults.add(1_000, { match: { service: 'ec2' }, forMs: 500, do: 'drop-before' });
  expect(faults.take(1_499, describe)).toBe('drop-before');
  expect(faults.take(1_500, describe)).toBeUndefined();
});

test('no rule is left after clearing', () => {
  const faults = createFaults();
  faults.add(0, { match: { service: 'ec2' }, do: 'drop-before' });
  faults.clear();
  expect(faults.take(0, describe)).toBeUndefined();
});

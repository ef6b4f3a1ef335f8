import { expect, test } from 'vitest';
import { createDeviceNames } from './device-names.ts';

test('names go round, and every third device shows up as ethN first', () => {
  const next = createDeviceNames();
  const seen = Array.from({ length: 6 }, () => next('every-third')).map(({ first, final }) => [
    first[0],
    final[0],
  ]);
  expect(seen).toEqual([
    ['eth1', undefined],
    ['ens6', undefined],
    ['eth1', 'enp39s0'],
    ['eth1', undefined],
    ['ens6', undefined],
    ['eth1', 'enp39s0'],
  ]);
});

test('a device that ends as ethN is another ethN before', () => {
  const { first, final } = createDeviceNames(['eth1'])('always');
  expect([first[0], final[0]]).toEqual(['eth2', 'eth1']);
});

test('there is always one more name to try', () => {
  const { first } = createDeviceNames(['ens6', 'ens7'])('never');
  expect(first.slice(0, 3)).toEqual(['ens6', 'ens7', 'eth1']);
});

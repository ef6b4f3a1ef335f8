import { expect, test } from 'vitest';
import { objectionTo } from '../../src/core/subnet-addresses.ts';

test.each([
  ['10.2.0.4', '10.2.0.0/24', undefined],
  ['10.2.0.254', '10.2.0.0/24', undefined],
  ['10.2.0.0', '10.2.0.0/24', 'first four'],
  ['10.2.0.3', '10.2.0.0/24', 'first four'],
  ['10.2.0.255', '10.2.0.0/24', 'last address'],
  ['10.2.1.4', '10.2.0.0/24', 'not in'],
  ['10.2.0.20', '10.2.0.16/28', undefined],
  ['10.2.0.19', '10.2.0.16/28', 'first four'],
  ['10.2.0.31', '10.2.0.16/28', 'last address'],
  ['10.2.0.255', '10.2.0.0/16', undefined],
  ['10.2.255.255', '10.2.0.0/16', 'last address'],
  ['255.255.255.254', '255.255.255.240/28', undefined],
])('%s in %s: %s', (address, cidr, objection) => {
  if (objection === undefined) expect(objectionTo(address, cidr)).toBeUndefined();
  else expect(objectionTo(address, cidr)).toContain(objection);
});

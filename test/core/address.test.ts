import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contains,
  everything,
  familyOf,
  firstHost,
  hostCidr,
  parseAddress,
  parseCidr,
  prefixLengthOf,
} from '../../src/core/address.ts';

describe('parseAddress', () => {
  test.each([
    ['10.2.0.10', '10.2.0.10'],
    ['fd00:2:0:0::10', 'fd00:2::10'],
    ['FD00:2::A', 'fd00:2::a'],
  ])('%s is %s', (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  test.each([
    '',
    '10.2',
    '10.2.0',
    '0x0a020010',
    '10.2.0.256',
    '10.2.0.010x',
    'fe80::1%eth0',
    '10.2.0.10/24',
    'host',
  ])('%s is none', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe('parseCidr', () => {
  test.each([
    ['10.2.0.7/24', '10.2.0.0/24'],
    ['10.2.0.7', '10.2.0.7/32'],
    ['fd00:2::7/64', 'fd00:2::/64'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['fd00::1', 'fd00::1/128'],
  ])('%s is %s', (text, cidr) => {
    expect(parseCidr(text)).toBe(cidr);
  });

  test.each(['10.2.0.0/33', '10.2.0.0/-1', '10.2.0.0/', '10.2.0.0/24/8', '10.2.0.0/2x', 'fd00::/129', '/24'])(
    '%s is none',
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );
});

test('a network contains exactly the addresses that share its prefix', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (one, other, length) => {
      const bits = (address: string): number =>
        address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
      const shift = 2 ** (32 - length);
      const same = Math.floor(bits(one) / shift) === Math.floor(bits(other) / shift);
      const cidr = parseCidr(`${one}/${length}`) ?? '';
      expect(contains(cidr, other)).toBe(same);
      expect(prefixLengthOf(cidr)).toBe(length);
    }),
  );
});

test('an address of the other version is in no network', () => {
  expect(contains('0.0.0.0/0', 'fd00::1')).toBe(false);
  expect(contains('fd00:2::/64', 'fd00:2::10')).toBe(true);
});

test.each([
  ['10.2.0.0/24', '10.2.0.1'],
  ['10.2.0.16/28', '10.2.0.17'],
  ['10.0.0.0/16', '10.0.0.1'],
])('the first host of %s is %s', (cidr, host) => {
  expect(firstHost(cidr)).toBe(host);
});

test('networks of one and of all', () => {
  expect(hostCidr('10.2.0.10')).toBe('10.2.0.10/32');
  expect(hostCidr('fd00::1')).toBe('fd00::1/128');
  expect(everything('ipv4')).toBe('0.0.0.0/0');
  expect(everything(familyOf('fd00::1'))).toBe('::/0');
});

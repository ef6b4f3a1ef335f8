import { describe, expect, test } from 'vitest';
import type { Device } from '../../src/core/kernel.ts';
import { deviceWithMac } from '../../src/core/kernel.ts';
import { device, kernel } from '../fixtures/world.ts';

const mac = '02:00:0a:02:00:0a';
const found = (...devices: readonly Device[]): string | undefined =>
  deviceWithMac(kernel({ devices }), mac)?.name;

describe('what has the MAC of an ENI', () => {
  const made = ['bridge', 'bond', 'team', 'vlan', 'macvlan', 'macvtap', 'ipvlan', 'ipvtap', 'dummy', 'vxlan'];
  test.each(made)('and is a %s is not the ENI, whatever comes first', (kind) => {
    const [eni, other] = [device(), device({ name: 'other', kind })];
    expect(found(other, eni)).toBe('eth1');
    expect(found(eni, other)).toBe('eth1');
    expect(found(other)).toBeUndefined();
  });

  test('is the ENI with a driver, and as a container has it', () => {
    expect(found(device())).toBe('eth1');
    expect(found(device({ kind: 'veth' }))).toBe('eth1');
  });

  test('under another MAC is the ENI all the same: it came with that of the ENI', () => {
    const slave = device({ mac: '02:00:0a:02:00:99', permanentMac: mac });
    expect(found(slave)).toBe('eth1');
    const disguised = device({ name: 'eth2', permanentMac: '02:00:0a:02:00:99' });
    expect(found(disguised, slave)).toBe('eth1');
    expect(found(disguised)).toBeUndefined();
  });
});

import { expect } from 'vitest';
import { parseAddress, parseCidr } from '../../../src/core/address.ts';
import { isMac } from '../../../src/core/ids.ts';
import type { Kernel } from '../../../src/core/kernel.ts';

/** Each name is a word of a command line that goes back to ip. */
const NAME = /^[^\s/:\0]+$/;

/** The shapes that both of ip's readers promise. */
export function expectKernel({ devices, rules, routes }: Kernel): void {
  for (const { name, ifindex, mac, up, carrier, addresses } of devices) {
    expect(name).toMatch(NAME);
    expect(Number.isInteger(ifindex) && ifindex > 0).toBe(true);
    expect(mac === undefined || isMac(mac)).toBe(true);
    expect([typeof up, typeof carrier]).toEqual(['boolean', 'boolean']);
    for (const { address, prefixLength } of addresses) {
      expect(parseCidr(`${address}/${prefixLength}`)).toBeDefined();
      expect(parseAddress(address)).toBe(address);
    }
  }
  for (const { priority, from, table, protocol } of rules) {
    for (const number of [priority, table]) expect(Number.isInteger(number) && number >= 0).toBe(true);
    expect(parseCidr(from)).toBe(from);
    expect(protocol ?? '4').toMatch(/^\w+$/);
  }
  for (const { to, device, via, source } of routes) {
    expect(parseCidr(to)).toBe(to);
    expect(device).toMatch(NAME);
    for (const address of [via, source])
      if (address !== undefined) expect(parseAddress(address)).toBe(address);
  }
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Mac } from '../core/ids.ts';
import type { DeviceLook, Devices } from '../ports/agent.ts';

const NET = '/sys/class/net';

/** Not there with `ipv6.disable=1`. Source: Linux, ip-sysctl.rst, `conf/interface/disable_ipv6`: a new device has that of `default`. */
const IPV6 = '/proc/sys/net/ipv6/conf';
const UDEV_RUNS = '/run/udev/control';

/** udev takes tens of milliseconds for a device; one that it says nothing about for so long keeps its name. */
const UDEV_PATIENCE_MS = 2_000;

/** Devices as sysfs shows them: a look is a handful of reads, without a process. */
export function createDevices(nowMs: () => number): Devices {
  const firstSeenMs = new Map<string, number>();
  return {
    look: (mac) => {
      const name = nameOf(mac);
      const ifindex = name && read(`${NET}/${name}/ifindex`);
      if (ifindex === undefined) return Promise.resolve('absent');
      const sinceMs = firstSeenMs.get(ifindex) ?? nowMs();
      firstSeenMs.set(ifindex, sinceMs);
      const settled = isSettled(ifindex) || nowMs() - sinceMs >= UDEV_PATIENCE_MS;
      return Promise.resolve<DeviceLook>(settled ? 'settled' : 'settling');
    },
    whyNoIpv6: async (mac) => {
      if (!existsSync(`${IPV6}/default/disable_ipv6`)) return "this node's kernel has no IPv6";
      const name = nameOf(mac) ?? 'default';
      return read(`${IPV6}/${name}/disable_ipv6`) === '1'
        ? `IPv6 is switched off on this node (net.ipv6.conf.${name}.disable_ipv6 is 1)`
        : undefined;
    },
  };
}

/** The name of the interface with this MAC, and of nothing that was made of it. */
export function nameOf(mac: Mac): string | undefined {
  return readdirSync(NET).find(
    (name) =>
      (read(`${NET}/${name}/bonding_slave/perm_hwaddr`) ?? read(`${NET}/${name}/address`)) === mac &&
      isInterface(name),
  );
}

/**
 * What is made on top of a device or beside it says what it is, or what is below it.
 * Source: Linux, sysfs-class-net, `lower_…`; SET_NETDEV_DEVTYPE of its drivers.
 */
function isInterface(name: string): boolean {
  const hasType = /^DEVTYPE=/m.test(read(`${NET}/${name}/uevent`) ?? '');
  return !hasType && !entriesOf(`${NET}/${name}`).some((entry) => entry.startsWith('lower_'));
}

/** udev writes a device's record when it has done with it, renaming included. Source: systemd, sd-device. */
function isSettled(ifindex: string): boolean {
  return !existsSync(UDEV_RUNS) || existsSync(`/run/udev/data/n${ifindex}`);
}

function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** `undefined`: the device has gone, or is no network device, between the listing and now. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

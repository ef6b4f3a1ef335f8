import { existsSync } from 'node:fs';
import type { NetworkSoftware } from './network-software.ts';
import type { PresentDevice } from './present-device.ts';
import { tell } from './tell.ts';
import { textOf } from './text-of.ts';

const PROGRAM = '/usr/sbin/wicked';
/** Where its daemons have their leases; there once they have run. */
const RUNS = '/run/wicked';

/**
 * wicked, on SLES 12 and 15. It configures devices that have a file of their name, which cloud-netconfig writes for
 * each that appears, and has no place in memory to be told of others.
 */
export const wicked: NetworkSoftware = {
  name: 'wicked',
  isInstalled: () => existsSync(PROGRAM),
  runs: async () => existsSync(RUNS),
  // Also before it has a lease: it asks for one, and configures the device once it is given one.
  holds: async (device) => existsSync(RUNS) && isConfigured(device),
  takeFrom: ({ name }, untilMs) => tell(['wicked', 'ifdown', name], untilMs),
  obstacle: (device) =>
    device === undefined || !isConfigured(device)
      ? undefined
      : `${fileOf(device)} tells it to configure the device; remove the file, or set STARTMODE='off' in it`,
};

function fileOf({ name }: PresentDevice): string {
  return `/etc/sysconfig/network/ifcfg-${name}`;
}

/** Source: ifcfg(5), STARTMODE: `manual`, where nothing is said; only `off` and `manual` leave the device alone. */
function isConfigured(device: PresentDevice): boolean {
  const path = fileOf(device);
  const [, mode = 'manual'] = /^\s*STARTMODE=["']?(\w+)/m.exec(textOf(path)) ?? [];
  return !['off', 'manual'].includes(mode.toLowerCase());
}

import { existsSync, readFileSync } from 'node:fs';
import type { Neighbour, PresentDevice } from './neighbour.ts';
import { tell } from './tell.ts';

const PROGRAM = '/usr/sbin/wicked';
/** Where its daemons have their leases; there once they have run. */
const RUNS = '/run/wicked';

/**
 * wicked, on SLES 12 and 15. It configures devices that have a file of their name, which cloud-netconfig writes for
 * each that appears, and has no place in memory to be told of others.
 */
export const wicked: Neighbour = {
  name: 'wicked',
  isHere: () => existsSync(PROGRAM),
  notices: () => [],
  noticePaths: () => [],
  rereadNotices: () => Promise.resolve(),
  holds: (device) => existsSync(RUNS) && isConfigured(device),
  takeFrom: ({ name }, patienceMs) => tell(['wicked', 'ifdown', name], patienceMs),
  deafTo: (device) =>
    device === undefined || !isConfigured(device)
      ? undefined
      : `${fileOf(device)} tells it to configure the device; remove the file, or set STARTMODE='off' in it`,
};

function fileOf({ name }: PresentDevice): string {
  return `/etc/sysconfig/network/ifcfg-${name}`;
}

/** Source: ifcfg(5), STARTMODE: `manual`, where nothing is said; only `off` and `manual` leave the device alone. */
function isConfigured(device: PresentDevice): boolean {
  try {
    const [, mode = 'manual'] = /^\s*STARTMODE=["']?(\w+)/m.exec(readFileSync(fileOf(device), 'utf8')) ?? [];
    return !['off', 'manual'].includes(mode.toLowerCase());
  } catch {
    return false;
  }
}

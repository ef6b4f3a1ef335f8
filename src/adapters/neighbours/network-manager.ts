import { existsSync, readFileSync } from 'node:fs';
import type { Neighbour, PresentDevice } from './neighbour.ts';
import { tell } from './tell.ts';
import { until } from './until.ts';

const PROGRAMS = ['/usr/sbin/NetworkManager', '/usr/bin/NetworkManager'];

/** What it knows of each device, by ifindex. Source: NetworkManager, nm-config.c, NM_CONFIG_DEVICE_STATE_DIR. */
const DEVICES = '/run/NetworkManager/devices';

/** NetworkManager and what works through it, such as nm-cloud-setup. It goes by what udev's rule says of a device. */
export const networkManager: Neighbour = {
  name: 'NetworkManager',
  isHere: () => PROGRAMS.some((path) => existsSync(path)),
  notices: () => [],
  noticePaths: () => [],
  rereadNotices: () => Promise.resolve(),
  holds: isManaged,
  takeFrom: async (device, patienceMs) => {
    await tell(['nmcli', 'device', 'set', device.name, 'managed', 'no'], patienceMs);
    await until(() => !isManaged(device), 'it still manages the device', patienceMs);
  },
  deafTo: () => undefined,
};

function isManaged({ ifindex }: PresentDevice): boolean {
  try {
    return /^managed=true$/m.test(readFileSync(`${DEVICES}/${ifindex}`, 'utf8'));
  } catch {
    return false;
  }
}

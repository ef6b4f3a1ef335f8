import { existsSync } from 'node:fs';
import { isActive } from './is-active.ts';
import type { NetworkSoftware } from './network-software.ts';
import type { PresentDevice } from './present-device.ts';
import { tell } from './tell.ts';
import { textOf } from './text-of.ts';
import { until } from './until.ts';

const PROGRAMS = ['/usr/sbin/NetworkManager', '/usr/bin/NetworkManager'];

/** What it knows of each device, by ifindex; still there after its end. Source: NetworkManager, nm-config.c, NM_CONFIG_DEVICE_STATE_DIR. */
const DEVICES = '/run/NetworkManager/devices';

/** NetworkManager and what works through it, such as nm-cloud-setup. It goes by what udev's rule says of a device. */
export const networkManager: NetworkSoftware = {
  name: 'NetworkManager',
  isInstalled: () => PROGRAMS.some((path) => existsSync(path)),
  runs,
  holds: async (device, untilMs) => isManaged(device) && (await runs(untilMs)),
  takeFrom: async (device, untilMs) => {
    await tell(['nmcli', 'device', 'set', device.name, 'managed', 'no'], untilMs);
    await until(() => !isManaged(device), 'it goes on managing the device', untilMs);
  },
  obstacle: () => undefined,
};

function runs(untilMs: number): Promise<boolean> {
  return isActive('NetworkManager.service', untilMs);
}

function isManaged({ ifindex }: PresentDevice): boolean {
  return /^managed=true$/m.test(textOf(`${DEVICES}/${ifindex}`));
}

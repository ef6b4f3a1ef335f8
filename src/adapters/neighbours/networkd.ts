import { existsSync } from 'node:fs';
import { isActive } from './is-active.ts';
import type { NetworkSoftware } from './network-software.ts';
import type { NoticeReader } from './notice.ts';
import { MADE_BY } from './notice.ts';
import type { PresentDevice } from './present-device.ts';
import { tell } from './tell.ts';
import { textOf } from './text-of.ts';
import { until } from './until.ts';

const PROGRAMS = ['/usr/lib/systemd/systemd-networkd', '/lib/systemd/systemd-networkd'];

/** Where it says what it does with each device, from its first start on, and still after its end. Source: systemd, sd-network. */
const LINKS = '/run/systemd/netif/links';

/**
 * systemd-networkd, and what works through it: netplan, amazon-ec2-net-utils.
 * @param key names the resource, in names of files
 */
export function createNetworkd(key: string): NetworkSoftware & NoticeReader {
  return {
    name: 'systemd-networkd',
    isInstalled: () => PROGRAMS.some((path) => existsSync(path)),
    runs,
    // The first file that matches a device is the one that counts: a hyphen sorts before all digits and letters.
    noticePath: `/run/systemd/network/0-aws-eni-${key}.network`,
    noticeFor: (mac) => `${MADE_BY}\n[Match]\nMACAddress=${mac}\nType=ether\n\n[Link]\nUnmanaged=yes\n`,
    reread: async (untilMs) => {
      if (await runs(untilMs)) await tell(['networkctl', 'reload'], untilMs);
    },
    holds: async (device, untilMs) => isManaged(device) && (await runs(untilMs)),
    // What it reread made it let go.
    takeFrom: (device, untilMs) => until(() => !isManaged(device), 'it goes on managing the device', untilMs),
    obstacle: () => undefined,
  };
}

async function runs(untilMs: number): Promise<boolean> {
  return existsSync(LINKS) && isActive('systemd-networkd.service', untilMs);
}

/** Source: networkctl(1), SETUP: `pending` and `initialized` come before it has decided. */
function isManaged({ ifindex }: PresentDevice): boolean {
  return /^ADMIN_STATE=(?:configuring|configured|failed)$/m.test(textOf(`${LINKS}/${ifindex}`));
}

import { existsSync, readFileSync } from 'node:fs';
import type { Neighbour, PresentDevice } from './neighbour.ts';
import { tell } from './tell.ts';
import { until } from './until.ts';

const PROGRAMS = ['/usr/lib/systemd/systemd-networkd', '/lib/systemd/systemd-networkd'];

/** Where it says what it does with each device; there once it has run. Source: systemd, sd-network. */
const LINKS = '/run/systemd/netif/links';

/**
 * systemd-networkd, and what works through it: netplan, amazon-ec2-net-utils.
 * @param key names the resource, in names of files
 */
export function createNetworkd(key: string): Neighbour {
  // The first file that matches a device is the one that counts: a hyphen sorts before all digits and letters.
  const network = `/run/systemd/network/0-aws-eni-${key}.network`;
  return {
    name: 'systemd-networkd',
    isHere: () => PROGRAMS.some((path) => existsSync(path)),
    notices: (mac) => [
      {
        path: network,
        text: `${MADE_BY}\n[Match]\nMACAddress=${mac}\nType=ether\n\n[Link]\nUnmanaged=yes\n`,
      },
    ],
    noticePaths: () => [network],
    rereadNotices: async () => {
      if (await isRunning()) await tell('networkctl', 'reload');
    },
    holds: isManaged,
    takeFrom: (device) => until(() => !isManaged(device), 'it still manages the device'),
    deafTo: () => undefined,
  };
}

const MADE_BY =
  '# Made by the resource agent ocf:custom:aws-eni: while the resource is here, nobody else configures its ENI.';

/** What it wrote stays when it ends. Where nobody can tell, as without systemd, it does not run. */
async function isRunning(): Promise<boolean> {
  if (!existsSync(LINKS)) return false;
  return tell('systemctl', 'is-active', '--quiet', 'systemd-networkd.service').then(
    () => true,
    () => false,
  );
}

/** Source: networkctl(1), SETUP: `pending` and `initialized` come before it has decided. */
function isManaged({ ifindex }: PresentDevice): boolean {
  try {
    return /^ADMIN_STATE=(?:configuring|configured|failed)$/m.test(
      readFileSync(`${LINKS}/${ifindex}`, 'utf8'),
    );
  } catch {
    return false;
  }
}

import { existsSync, readFileSync } from 'node:fs';
import type { Neighbour, PresentDevice } from './neighbour.ts';
import { ask, tell } from './tell.ts';
import { until } from './until.ts';

const PROGRAMS = ['/usr/lib/systemd/systemd-networkd', '/lib/systemd/systemd-networkd'];

/** Where it says what it does with each device; there once it has run. Source: systemd, sd-network. */
const LINKS = '/run/systemd/netif/links';

/** There where systemd runs the node. Source: sd_booted(3). */
const SYSTEMD_RUNS = '/run/systemd/system';

/** Source: systemctl(1), EXIT STATUS: such a unit does not run, or is not there. */
const NOT_ACTIVE = [3, 4];

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
    rereadNotices: async (patienceMs) => {
      if (await isRunning(patienceMs)) await tell(['networkctl', 'reload'], patienceMs);
    },
    holds: isManaged,
    takeFrom: (device, patienceMs) =>
      until(() => !isManaged(device), 'it still manages the device', patienceMs),
    deafTo: () => undefined,
  };
}

const MADE_BY =
  '# Made by the resource agent ocf:custom:aws-eni: while the resource is here, nobody else configures its ENI.';

/** What it wrote stays when it ends. */
async function isRunning(patienceMs: number): Promise<boolean> {
  if (!existsSync(LINKS) || !existsSync(SYSTEMD_RUNS)) return false;
  const command = ['systemctl', 'is-active', '--quiet', 'systemd-networkd.service'] as const;
  const { exitCode, complaint } = await ask(command, patienceMs);
  if (exitCode === 0) return true;
  if (NOT_ACTIVE.includes(exitCode)) return false;
  throw new Error(complaint);
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

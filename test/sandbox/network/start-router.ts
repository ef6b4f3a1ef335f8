import { writeFile } from 'node:fs/promises';
import type { Segment } from '../plan-vpc.ts';
import { run } from './run.ts';

/** The IPv6 router of each subnet, as on AWS. */
export const IPV6_ROUTER = 'fe80:ec2::1';
/** Inside the VPC; the kernel allows it on veth and bridge. */
export const MTU = 9001;
const METADATA_ADDRESS = '169.254.169.254';

export interface Neighbour {
  readonly address: string;
  readonly mac: string;
  readonly bridge: string;
}

/**
 * Makes the calling process's network namespace the VPC's router: a bridge for each subnet, forwarding between them.
 * @param neighbours which interface an address belongs to: a VPC knows, it does not ask the guests
 */
export async function startRouter(
  segments: readonly Segment[],
  neighbours: readonly Neighbour[],
  rpFilter: number,
): Promise<void> {
  await sysctl('net/ipv4/ip_forward', '1');
  await sysctl('net/ipv6/conf/all/forwarding', '1');
  for (const scope of ['all', 'default']) await sysctl(`net/ipv4/conf/${scope}/rp_filter`, `${rpFilter}`);
  const commands = segments.flatMap(({ bridge, router, ipv6Cidrs }, index) => [
    // A bridge without an address of its own takes its ports', and with each change forgets its neighbours.
    `link add ${bridge} address 02:ec:02:00:00:0${index} mtu ${MTU} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
    `link set ${bridge} addrgenmode none up`,
    `address add ${router}/24 dev ${bridge}`,
    `address add ${IPV6_ROUTER}/64 dev ${bridge} nodad`,
    ...ipv6Cidrs.map((cidr) => `route add ${cidr} dev ${bridge}`),
  ]);
  const known = neighbours.map(
    ({ address, mac, bridge }) => `neighbour add ${address} lladdr ${mac} dev ${bridge} nud permanent`,
  );
  const own = ['link set lo up', `address add ${METADATA_ADDRESS}/32 dev lo`];
  await run(['ip', '-batch', '-'], [...own, ...commands, ...known, ''].join('\n'));
}

async function sysctl(name: string, value: string): Promise<void> {
  await writeFile(`/proc/sys/${name}`, value);
}

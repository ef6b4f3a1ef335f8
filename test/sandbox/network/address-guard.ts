import { run } from './run.ts';

/** What an interface may send: frames that bear its own addresses. */
export interface Identity {
  /** ENI id, or the machine's name for one that is none. */
  readonly owner: string;
  readonly mac: string;
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

/**
 * EC2's source/destination check: what an interface sends with somebody else's source address is dropped and counted.
 * IPv6 neighbour discovery and multicast listener reports come from link-local addresses, and may.
 */
export interface AddressGuard {
  admit(port: string, identity: Identity): Promise<void>;
  forget(port: string): Promise<void>;
  /** Frames dropped so far, by owner. */
  drops(): Promise<Readonly<Record<string, number>>>;
}

const TABLE = 'bridge guard';
const DISCOVERY =
  'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld-listener-done, mld2-listener-report }';

/** @param dropping off: what would be dropped is only counted */
export async function startAddressGuard(dropping: boolean): Promise<AddressGuard> {
  const owners = new Set<string>();
  await nft([
    `add table ${TABLE}`,
    `add map ${TABLE} ports { type ifname : verdict; }`,
    `add chain ${TABLE} incoming { type filter hook prerouting priority -300; policy accept; }`,
    `add rule ${TABLE} incoming iifname vmap @ports`,
  ]);
  return {
    admit: async (port, identity) => {
      owners.add(identity.owner);
      await nft(admission(port, identity, dropping ? 'drop' : 'accept'));
    },
    forget: (port) => nft([`delete element ${TABLE} ports { "${port}" }`, `delete chain ${TABLE} ${port}`]),
    drops: async () => {
      const { nftables } = JSON.parse(
        await run(['nft', '-j', 'list', 'counters', 'table', ...(TABLE.split(' ') as ['bridge', 'guard'])]),
      ) as {
        nftables: readonly { counter?: { name: string; packets: number } }[];
      };
      const counts = new Map(
        nftables.flatMap(({ counter }) => (counter ? [[counter.name, counter.packets]] : [])),
      );
      return Object.fromEntries([...owners].map((owner) => [owner, counts.get(counterOf(owner)) ?? 0]));
    },
  };
}

function admission(port: string, { owner, mac, ipv4, ipv6 }: Identity, verdict: string): readonly string[] {
  const rule = `add rule ${TABLE} ${port}`;
  const drop = `counter name ${counterOf(owner)} ${verdict}`;
  return [
    `add counter ${TABLE} ${counterOf(owner)}`,
    `add chain ${TABLE} ${port}`,
    `flush chain ${TABLE} ${port}`,
    `${rule} ether saddr != ${mac} ${drop}`,
    // 0.0.0.0 asks whether an address is free (RFC 5227), and claims none.
    `${rule} ether type arp arp saddr ether ${mac} arp saddr ip { ${['0.0.0.0', ...ipv4].join(', ')} } accept`,
    // So does DHCP, as long as it has none.
    `${rule} ether type ip ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept`,
    ...(ipv4.length > 0 ? [`${rule} ether type ip ip saddr { ${ipv4.join(', ')} } accept`] : []),
    `${rule} ether type ip6 ip6 saddr { ::, fe80::/10 } ${DISCOVERY} accept`,
    ...(ipv6.length > 0 ? [`${rule} ether type ip6 ip6 saddr { ${ipv6.join(', ')} } accept`] : []),
    `${rule} ${drop}`,
    `add element ${TABLE} ports { "${port}" : jump ${port} }`,
  ];
}

function counterOf(owner: string): string {
  return `drops_${owner.replaceAll('-', '_')}`;
}

async function nft(commands: readonly string[]): Promise<void> {
  await run(['nft', '-f', '-'], `${commands.join('\n')}\n`);
}

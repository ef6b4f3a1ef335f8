import type { Cidr, IpAddress } from './address.ts';
import type { Mac } from './ids.ts';

export interface DeviceAddress {
  readonly address: IpAddress;
  readonly prefixLength: number;
}

/** A network device of this node. Its name may change; its ifindex and MAC do not. */
export interface Device {
  readonly name: string;
  readonly ifindex: number;
  /** `undefined`: it has none, such as a tunnel. */
  readonly mac: Mac | undefined;
  /** What it came with, where it has another one now, such as a bond's. */
  readonly permanentMac?: Mac | undefined;
  /** What made it, such as `bridge` or `vlan`; `undefined`: a driver. */
  readonly kind?: string | undefined;
  /** Set up by an administrator (IFF_UP). */
  readonly up: boolean;
  /** The link has a carrier (IFF_LOWER_UP). */
  readonly carrier: boolean;
  /** In bytes; `undefined`: not shown. */
  readonly mtu: number | undefined;
  readonly addresses: readonly DeviceAddress[];
}

/** A policy routing rule `PRIORITY: from FROM lookup TABLE`. */
export interface Rule {
  readonly priority: number;
  readonly from: Cidr;
  readonly table: number;
  /** Who made it, as the kernel shows it; not part of what the rule does. */
  readonly protocol?: string;
}

/**
 * The protocol of the agent's rules: `kernel`. It tells them from those that people and daemons add, which have others, and
 * it is the one that systemd-networkd leaves alone where it has not made a rule itself: with any other, a rule goes whenever
 * networkd configures whatever device. Source: rtnetlink(7), RTPROT_KERNEL; networkd.conf(5), ManageForeignRoutingPolicyRules.
 */
export const AGENT_PROTOCOL = '2';

/** The table that every packet without a rule of its own goes by. Source: rtnetlink(7), RT_TABLE_MAIN. */
export const MAIN_TABLE = 254;

/** A route of the agent's table. */
export interface Route {
  /** `0.0.0.0/0` or `::/0` for a default route. */
  readonly to: Cidr;
  readonly device: string;
  /** The router; without one the destination is on the link. */
  readonly via?: IpAddress;
  /** The preferred source address. */
  readonly source?: IpAddress;
}

/** One consistent look at what decides where this node's packets go. */
export interface Kernel {
  readonly devices: readonly Device[];
  /** Rules that consist of priority, source network and table, and of nothing else. All others are foreign. */
  readonly rules: readonly Rule[];
  /** Routes of the one table that was asked for. */
  readonly routes: readonly Route[];
}

/**
 * A container's own interface is one end of a pair; every other kind is made on top of a device or beside it, and then often has
 * its MAC: a bridge, a bond, a VLAN, a macvlan. Source: ip-link(8), TYPE.
 */
const INTERFACE_KINDS: readonly (string | undefined)[] = [undefined, 'veth'];

/** The interface with this MAC, and nothing that was made of it. */
export function deviceWithMac(kernel: Kernel, mac: Mac): Device | undefined {
  return kernel.devices.find((device) => interfaceMacOf(device) === mac);
}

/** The MAC by which EC2 knows an interface; `undefined`: it is none, or has none. */
export function interfaceMacOf({ kind, mac, permanentMac = mac }: Device): Mac | undefined {
  return INTERFACE_KINDS.includes(kind) ? permanentMac : undefined;
}

/** One change of this node's network configuration; each is one line of `ip -batch`. */
export type Change =
  | { readonly do: 'set-link'; readonly device: string; readonly up: boolean }
  | { readonly do: 'set-mtu'; readonly device: string; readonly mtu: number }
  | { readonly do: 'add-address'; readonly device: string; readonly address: DeviceAddress }
  | { readonly do: 'delete-address'; readonly device: string; readonly address: DeviceAddress }
  | { readonly do: 'replace-route'; readonly route: Route; readonly table: number }
  | { readonly do: 'delete-route'; readonly route: Route; readonly table: number }
  | { readonly do: 'add-rule'; readonly rule: Rule }
  | { readonly do: 'delete-rule'; readonly rule: Rule };

import type { MachineOptions } from '../machines/guest/machine-options.ts';
import type { Latencies } from './world/world-state.ts';

/** Everything has a default: two nodes in one zone, a client, and one free service ENI with one address. */
export interface SandboxOptions {
  readonly latencies?: Partial<Latencies>;
  /** Of the ENI eni-0a1b2c3d4e5f60718 in subnet A. Default 10.2.0.10 alone; the first IPv4 address is the primary one. */
  readonly service?: ServiceAddresses;
  /** More free ENIs in subnet A. */
  readonly moreEnis?: readonly ExtraEni[];
  /** Free ENIs in another VPC of the account, in a subnet with the network of subnet A. */
  readonly namesakes?: readonly ExtraEni[];
  readonly nodes?: { readonly a?: NodeOptions; readonly b?: NodeOptions };
  /** Instance types and how many ENIs each can have; added to the ones known here. */
  readonly instanceTypes?: Readonly<Record<string, number>>;
  /** What plugged ENIs are called, in turn; a name taken in that node is passed over. */
  readonly deviceNames?: readonly string[];
  /** When a device first shows up as ethN and is renamed 16 ms later, as udev does it. Default `every-third`. */
  readonly rename?: RenamePolicy;
  /** Token buckets of the EC2 endpoint. Default: those of EC2. */
  readonly throttling?: Partial<Throttling>;
  /** A forced detach makes the device index unusable, and the metadata service list the ENI, until the next boot. */
  readonly forcedDetachLeavesTraces?: boolean;
  /** Directory of the root file system that the nodes have in place of this machine's. Nothing is written to it. */
  readonly root?: string;
  /** Directories of the nodes that are not shared with this machine, besides the usual ones. */
  readonly privateDirectories?: readonly PrivateDirectory[];
  /** net.ipv4.conf.*.rp_filter in the nodes. Default 1, the strictest. */
  readonly rpFilter?: 0 | 1 | 2;
  /** Off: an interface may send from any address, and the router does not care. Only to prove that the check works. */
  readonly sourceDestCheck?: boolean;
}

interface ServiceAddresses {
  readonly ipv4?: readonly [string, ...string[]];
  /** In fd00:2::/64. */
  readonly ipv6?: readonly string[];
}

export interface ExtraEni extends ServiceAddresses {
  readonly id: string;
  readonly ipv4: readonly [string, ...string[]];
  readonly interfaceType?: string;
  readonly requesterManaged?: boolean;
}

export interface NodeOptions {
  /** `other`: a zone, and so a subnet (10.4.0.0/24), of its own. */
  readonly zone?: 'same' | 'other';
  /** Default m5.large, which can have three ENIs. */
  readonly type?: string;
  /** A virtual machine with a kernel of its own; without it, the node is a set of namespaces. */
  readonly machine?: MachineOptions;
}

export type RenamePolicy = 'never' | 'every-third' | 'always';

export interface PrivateDirectory {
  /** Absolute; may not exist on this machine. */
  readonly path: string;
  /** `disk` starts as a copy of this machine's and survives a reboot, `memory` starts empty at each boot. */
  readonly kept: 'disk' | 'memory';
  /** Octal, default 755. For `memory` only. */
  readonly mode?: string;
}

export interface TokenBucket {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/** One bucket for each kind of call, as in "Request throttling for the Amazon EC2 API". */
export interface Throttling {
  readonly describing: TokenBucket;
  readonly describingUnfiltered: TokenBucket;
  readonly mutating: TokenBucket;
}

/** Ids that tests may rely on. */
export const SERVICE_ENI = 'eni-0a1b2c3d4e5f60718';
export const NODE_A = 'i-0aaaaaaaaaaaaaaaa';
export const NODE_B = 'i-0bbbbbbbbbbbbbbbb';
/** Where the EC2 endpoint listens: subnet B's router. */
export const EC2_ENDPOINT = { host: '10.1.0.1', port: 8773 } as const;

export const DEFAULT_LATENCIES: Latencies = {
  callMs: 80,
  attachMs: 1_500,
  deviceMs: 1_000,
  detachMs: 2_500,
  staleMs: 300,
  imdsMs: 1_000,
  imdsCallMs: 1,
};

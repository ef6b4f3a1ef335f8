import type { Reading } from '../core/reading.ts';

/** The cluster that this node belongs to, as Pacemaker here knows it. */
export interface Cluster {
  /** `absent`: this node is configured for no cluster. `unknown`: for one that can't be asked now, or not by this user. */
  read(): Promise<Reading<ClusterState>>;
}

export interface ClusterState {
  /** This node's name in it. */
  readonly ownNode: string;
  readonly nodes: readonly ClusterNode[];
  /** Cluster options that are set, such as `stonith-enabled`. */
  readonly properties: Readonly<Record<string, string>>;
  /** Fencing devices. */
  readonly fencing: readonly FencingDevice[];
  /** After what Corosync calls a node lost, as this node runs it. */
  readonly detection: Reading<Detection>;
  /** Primitives of the agent, those inside of groups and clones included. */
  readonly resources: readonly ClusterResource[];
}

export interface ClusterNode {
  readonly name: string;
  readonly online: boolean;
  readonly standby: boolean;
  readonly maintenance: boolean;
}

/** The token is passed on no more for `tokenMs`, and for `consensusMs` nobody else is agreed upon. Source: corosync.conf(5). */
interface Detection {
  readonly tokenMs: number;
  readonly consensusMs: number;
}

export interface FencingDevice {
  readonly id: string;
  /** Such as `fence_aws` or `external/ec2`. */
  readonly agent: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface ClusterResource {
  readonly id: string;
  /** As configured, templates resolved. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly operations: readonly ClusterOperation[];
  /** Pacemaker starts and stops it: neither unmanaged nor in maintenance. */
  readonly managed: boolean;
  /** Names of the nodes where Pacemaker takes it to be active. */
  readonly runningOn: readonly string[];
  /** Names of the nodes where a constraint forbids it. */
  readonly bannedFrom: readonly string[];
}

export interface ClusterOperation {
  readonly name: string;
  /** As written, such as `180s`; `undefined`: not configured. */
  readonly interval: string | undefined;
  readonly timeout: string | undefined;
  /** OCF_CHECK_LEVEL. */
  readonly checkLevel: number;
}

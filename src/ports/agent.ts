import type { Family, IpAddress } from '../core/address.ts';
import type { Attachment, Eni, Identity, Instance, Subnet, TypeLimits } from '../core/eni.ts';
import type { AgentError } from '../core/failure.ts';
import type { AttachmentId, EniId, InstanceId, Mac, SubnetId, VpcId } from '../core/ids.ts';
import type { Change, Kernel } from '../core/kernel.ts';
import type { Service } from '../core/service.ts';
import type { Neighbours } from './neighbours.ts';

/** How an ENI is named: by its id, or by any private address of it. */
export type EniTarget = { readonly eniId: EniId } | { readonly ip: IpAddress };

/**
 * `in-use`: somebody still holds the ENI, or holds it already here. `index-taken`: the device index has another
 * interface. Both say nothing about an earlier request whose answer was lost: describe again. `said`: EC2's own words, for the reader.
 */
export type AttachAnswer =
  | { readonly is: 'accepted'; readonly attachment: Attachment }
  | { readonly is: 'in-use' | 'index-taken'; readonly said: string };

/** `gone`: that attachment exists no more. `not-now`: EC2 is changing it, ask again later. */
export type DetachAnswer =
  | { readonly is: 'accepted' }
  | { readonly is: 'gone' | 'not-now'; readonly said: string };

/** The EC2 calls that the agent needs, in one region. Every method rejects with AgentError only, in time for the deadline. */
export interface NetworkInterfaces {
  /**
   * `undefined`: EC2 says that there is no such ENI. Where an address is in use in several VPCs, the one in this
   * instance's VPC is meant. Rejects with `transient` when nobody tells which VPC that is.
   */
  find(target: EniTarget): Promise<Eni | undefined>;
  /** Those of `ids` that EC2 knows. */
  instances(ids: readonly InstanceId[]): Promise<readonly Instance[]>;
  subnet(id: SubnetId): Promise<Subnet>;
  limits(instanceType: string): Promise<TypeLimits>;
  /** Rejects with `permission` when this instance may not attach the ENI to itself. Changes nothing. */
  checkAttachAllowed(eniId: EniId, instanceId: InstanceId): Promise<void>;
  /** Returns once EC2 has answered; the attachment comes up later. */
  attach(eniId: EniId, instanceId: InstanceId, deviceIndex: number): Promise<AttachAnswer>;
  /** Returns once EC2 has answered; the release comes later. */
  detach(attachmentId: AttachmentId, options: { readonly force: boolean }): Promise<DetachAnswer>;
}

/** A network interface of this instance in the eyes of its metadata service, which lags by up to minutes. */
export type MetadataInterface = Service;

export interface InstanceMetadata {
  identity(): Promise<Identity>;
  /** Of the instance's primary interface. */
  vpcId(): Promise<VpcId>;
  /** What the metadata service shows for `target`; `undefined`: it shows no such interface on this instance. */
  findInterface(target: EniTarget): Promise<MetadataInterface | undefined>;
}

export type NeighbourState = 'reachable' | 'failed' | 'unsure';

/** The kernel's addresses, rules and routes in this network namespace. */
export interface PolicyRouting {
  /** One look: all devices, all plain rules, and the routes of one table, of the IP versions asked for. */
  read(table: number, families: readonly Family[]): Promise<Kernel>;
  /**
   * Makes the changes in order, each even when one before it failed, and so that "already so" is success.
   * Rejects when one failed; what holds then only `read` can tell.
   * @returns what the kernel refused of those on which no service depends (`set-mtu`), in its words
   */
  apply(changes: readonly Change[]): Promise<readonly string[]>;
  /** Names of the devices of the main table's IPv4 default routes, that of the lowest metric first. */
  defaultDevices(): Promise<readonly string[]>;
  /** Makes the kernel ask on the link for `neighbour`, whatever it has heard from it before. */
  solicit(neighbour: IpAddress, source: IpAddress, device: string): Promise<void>;
  /** What the kernel knows of `neighbour` now. */
  neighbour(neighbour: IpAddress, device: string): Promise<NeighbourState>;
}

/** `settling`: the kernel shows the device, but udev has not yet given it the name that it keeps. */
export type DeviceLook = 'absent' | 'settling' | 'settled';

export interface Devices {
  /** Whether the kernel shows a device with this MAC. Cheap enough to ask each few milliseconds. */
  look(mac: Mac): Promise<DeviceLook>;
  /** Why the device with this MAC, which may still have to come, takes no IPv6 address, in words; `undefined`: it takes them. */
  whyNoIpv6(mac: Mac): Promise<string | undefined>;
}

/** Names of routing tables, as people see them in `ip rule`. */
export interface RoutingTableNames {
  /** The numbers that this node's files already give to the name. */
  numbersOf(name: string): Promise<readonly number[]>;
  /** Makes the name known to iproute2. Nothing of the agent depends on it. */
  declare(name: string, number: number): Promise<void>;
  /** Takes back what `declare` made of this name; what others have declared stays. */
  undeclare(name: string): Promise<void>;
}

/** What start remembers for stop and monitor, so that they need neither EC2 nor the metadata service. Lost at boot. */
export interface StateStore {
  /** `undefined`: no start has left a state for this resource since the node booted. */
  read(): Promise<State | undefined>;
  write(state: State): Promise<void>;
  remove(): Promise<void>;
  /**
   * Those of this node's other resources, as far as they can be read, which is not complained of. Who has named no resource
   * has meant whichever it is, and has none, and is none.
   */
  others(): Promise<readonly OtherState[]>;
}

export interface OtherState {
  /** The resource's name, as far as a file's name has it. */
  readonly resource: string;
  readonly state: State;
}

export interface State {
  readonly service: Service;
  readonly instanceId: InstanceId;
  readonly region: string;
  /** The settings that the kernel was last configured with, so that a reload can take back what they made. */
  readonly network: {
    readonly routingTableId: number;
    readonly rulePriority: number;
    readonly ruleSources: readonly string[];
  };
}

/** A detach that was asked for, and whose attachment was there still when that was last looked at. */
export interface Detaching {
  readonly attachmentId: AttachmentId;
  /** Of `Clock.nowMs`: since it was first asked for, or since it was last asked for by force. */
  readonly sinceMs: number;
  readonly forced: boolean;
}

/**
 * The last detach that an action on this resource has asked for and not seen the end of, so that the next one does not count
 * its time anew. Lost at boot. None of it rejects: a record that can't be kept costs no more than patience.
 */
export interface DetachRecord {
  read(): Promise<Detaching | undefined>;
  write(detaching: Detaching): Promise<void>;
  remove(): Promise<void>;
}

export interface Lock {
  /**
   * Waits until no other process of this node works on the resource, and keeps others out until this process ends.
   * Rejects with `transient` when another one holds it until the time is up.
   * @returns why this node can give no lock at all, such as a full file system; `undefined`: it is ours
   */
  acquire(): Promise<AgentError | undefined>;
}

/** What monitor has put back, for people to look at. Whatever is wrong with the disk is no business of monitor's. */
interface RepairRecord {
  /** Never rejects. */
  add(missing: readonly string[]): Promise<void>;
}

export interface Clock {
  /** Milliseconds on a clock that never jumps. */
  nowMs(): number;
  /** Rejects when `signal` aborts; never resolves after that. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  random(): number;
}

/** Words for people; nothing reads them back. */
export interface Log {
  /** The answer in words, for a person who calls an action by hand; Pacemaker reads exit codes. */
  tell(answer: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** All that the use cases need of the outside. */
export interface Ports {
  readonly networkInterfaces: (region: string) => NetworkInterfaces;
  readonly metadata: InstanceMetadata;
  readonly routing: PolicyRouting;
  readonly devices: Devices;
  readonly neighbours: Neighbours;
  readonly tableNames: RoutingTableNames;
  readonly state: StateStore;
  readonly detachRecord: DetachRecord;
  readonly lock: Lock;
  readonly repairs: RepairRecord;
  readonly clock: Clock;
  readonly log: Log;
}

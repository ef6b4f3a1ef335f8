import type { Cidr, IpAddress } from './address.ts';
import type { AttachmentId, EniId, InstanceId, Mac, SubnetId } from './ids.ts';

/**
 * The states of EC2's attachment. `detached` is read as no attachment at all by the adapter, and a word that EC2
 * adds one day as `detaching`: something is under way, look again.
 */
export type AttachmentStatus = 'attaching' | 'attached' | 'detaching';

export interface Attachment {
  /** Changes with every attach: valid only as long as the describe that it came from. */
  readonly id: AttachmentId;
  readonly instanceId: InstanceId | undefined;
  readonly deviceIndex: number;
  readonly status: AttachmentStatus;
}

/** An AWS network interface as EC2 describes it. */
export interface Eni {
  readonly id: EniId;
  readonly mac: Mac;
  readonly subnetId: SubnetId;
  readonly availabilityZone: string;
  /** Canonical; the primary IPv4 address first, IPv6 addresses last. */
  readonly addresses: readonly IpAddress[];
  /** EC2 manages it for a load balancer, a gateway and so on; it can't be moved. */
  readonly requesterManaged: boolean;
  /** `undefined`: EC2 says that it is attached to nothing. */
  readonly attachment: Attachment | undefined;
}

/** Source: EC2 API reference, InstanceState. */
export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

export interface Instance {
  readonly id: InstanceId;
  readonly type: string;
  readonly state: InstanceState;
  readonly availabilityZone: string;
  /** Device indexes in use on network card 0, the one the agent attaches to. */
  readonly deviceIndexes: readonly number[];
  /** Interfaces attached on all network cards: what the instance type's limit counts. */
  readonly interfaceCount: number;
}

export interface Subnet {
  readonly id: SubnetId;
  /** The IPv4 network first; IPv6 networks after it. */
  readonly cidrs: readonly Cidr[];
}

/** What an instance type allows; `undefined`: EC2 does not tell. */
export interface TypeLimits {
  /** Interfaces on all network cards. */
  readonly interfaces: number;
  /** Addresses of one interface. */
  readonly ipv4: number | undefined;
  readonly ipv6: number | undefined;
}

/** The instance that this process runs on, as its metadata service says. */
export interface Identity {
  readonly instanceId: InstanceId;
  readonly instanceType: string;
  readonly region: string;
  readonly availabilityZone: string;
}

/** How long EC2 takes, in milliseconds. Changing one counts for what is asked afterwards. */
export interface Latencies {
  /** One EC2 call, from request to answer; the effect happens half way. */
  readonly callMs: number;
  /** From an accepted attach to `attached`. */
  readonly attachMs: number;
  /** From `attached` to the device showing up in the guest. */
  readonly deviceMs: number;
  /** From an accepted detach to `available`; the device leaves at the same moment. */
  readonly detachMs: number;
  /** How old what a describe answers is. */
  readonly staleMs: number;
  /** How long the metadata service lags behind `attached` and `available`. */
  readonly imdsMs: number;
  /** One request to the metadata service. */
  readonly imdsCallMs: number;
}

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly cidr: string;
  readonly ipv6Cidrs: readonly string[];
}

/** A stopping or pending instance is not modelled: power changes at once. */
type Power = 'running' | 'stopped' | 'terminated';

/** Source: EC2 API reference, InstanceMetadataOptionsResponse. */
interface MetadataOptions {
  readonly httpTokens: 'required' | 'optional';
  readonly hopLimit: number;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  /** Whether it has a rule for what comes in. */
  readonly admits: boolean;
}

export interface Instance {
  readonly id: string;
  readonly type: string;
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly power: Power;
  /** The guest does not cooperate: no graceful detach ends, no new device shows up. */
  readonly hung: boolean;
  /** What the instance's role may call: these EC2 actions, or what a policy document says. */
  readonly permissions: 'all' | readonly string[] | { readonly policy: string };
  readonly tags: Readonly<Record<string, string>>;
  readonly metadataOptions: MetadataOptions;
  /** The ENIs that the metadata service lists, which is not quite those that are attached. */
  readonly listed: readonly string[];
  /** Device indexes that a forced detach left unusable until the next boot. */
  readonly burned: readonly number[];
}

/** A `detached` attachment is no attachment: EC2 omits the field. */
type AttachmentStatus = 'attaching' | 'attached' | 'detaching';

export interface Attachment {
  readonly id: string;
  readonly instanceId: string;
  readonly deviceIndex: number;
  readonly status: AttachmentStatus;
  readonly sinceMs: number;
  readonly deleteOnTermination: boolean;
  /** The guest has the device. */
  readonly plugged: boolean;
  readonly forced: boolean;
}

export interface Eni {
  readonly id: string;
  readonly mac: string;
  readonly subnetId: string;
  readonly description: string;
  /** The first is the primary address. */
  readonly ipv4: readonly [string, ...string[]];
  readonly ipv6: readonly string[];
  readonly interfaceType: string;
  readonly requesterManaged: boolean;
  readonly sourceDestCheck: boolean;
  /** Ids of its security groups. */
  readonly groups: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Of the call that created it, with all that the call said. */
  readonly creation?: { readonly clientToken: string; readonly request: string };
  readonly attachment: Attachment | undefined;
}

/** The part of the world that a describe tells of. Never changed, only replaced. */
export interface View {
  readonly enis: Readonly<Record<string, Eni>>;
  readonly instances: Readonly<Record<string, Instance>>;
}

/** Source: EC2 API reference, NetworkInfo, ipv4AddressesPerInterface and ipv6AddressesPerInterface. */
export interface AddressLimits {
  readonly ipv4: number;
  readonly ipv6: number;
}

/** What happens to a guest's devices. */
export interface DeviceEvent {
  readonly is: 'plug' | 'unplug';
  readonly instanceId: string;
  readonly eniId: string;
  readonly deviceIndex: number;
  readonly mac: string;
}

export type Effect =
  | { readonly is: 'attached' | 'plug' | 'detached'; readonly attachmentId: string }
  | { readonly is: 'listed' | 'unlisted'; readonly instanceId: string; readonly eniId: string };

export interface Due {
  readonly atMs: number;
  readonly effect: Effect;
}

export interface WorldState extends View {
  readonly nowMs: number;
  readonly subnets: Readonly<Record<string, Subnet>>;
  readonly securityGroups: Readonly<Record<string, SecurityGroup>>;
  /** The most ENIs per instance type (EC2 API reference, NetworkInfo, maximumNetworkInterfaces). */
  readonly instanceTypes: Readonly<Record<string, number>>;
  /** The most addresses of one ENI per instance type; any other type allows ten of each kind. */
  readonly addressLimits: Readonly<Record<string, AddressLimits>>;
  readonly latencies: Latencies;
  readonly forcedDetachLeavesTraces: boolean;
  readonly attachmentCount: number;
  /** In the order in which they fall due; of the same moment, as they were scheduled. */
  readonly due: readonly Due[];
  /** Not yet taken by `advance`. */
  readonly events: readonly DeviceEvent[];
  /** Oldest first; one entry for each moment at which something changed. */
  readonly history: readonly { readonly atMs: number; readonly view: View }[];
}

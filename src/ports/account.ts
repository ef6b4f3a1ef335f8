import type { InstanceId, SubnetId } from '../core/ids.ts';

/** Where this node is in AWS, as its metadata service says. */
export interface Account {
  /** Rejects with `transient` where the service does not answer, as on what is no EC2 instance. */
  read(): Promise<AccountIdentity>;
  /** Of the instance's primary interface; `undefined`: the service does not tell. Rejects as `read` does. */
  subnet(): Promise<SubnetId | undefined>;
}

export interface AccountIdentity {
  readonly accountId: string;
  readonly region: string;
  readonly availabilityZone: string;
  readonly instanceId: InstanceId;
}

import type { InstanceId } from '../core/ids.ts';

/** Where this node is in AWS, as its metadata service says. */
export interface Account {
  /** Rejects with `transient` where the service does not answer, as on what is no EC2 instance. */
  read(): Promise<AccountIdentity>;
}

export interface AccountIdentity {
  readonly accountId: string;
  readonly region: string;
  readonly instanceId: InstanceId;
}

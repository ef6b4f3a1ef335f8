import type { AttachmentId, EniId, InstanceId } from '../core/ids.ts';

/** How EC2 answers. */
export interface Ec2Contact {
  /** Scheme, host and port. */
  readonly endpoint: string;
  /** Without user and password; `undefined`: straight. */
  readonly proxy: string | undefined;
  readonly tookMs: number;
  /** How far EC2's clock is ahead of this node's, to a second; `undefined`: the answer had no date. */
  readonly aheadMs: number | undefined;
}

export interface CredentialSource {
  /** In words, such as "this instance's role". */
  readonly from: string;
  /** `undefined`: they do not expire. */
  readonly expiresAt: Date | undefined;
}

/** What an ENI has besides what the agent needs to know. */
export interface EniDetails {
  readonly sourceDestCheck: boolean;
  readonly groupIds: readonly string[];
  /** Of its attachment; `undefined`: it is attached to nothing. */
  readonly deleteOnTermination: boolean | undefined;
}

export interface InstanceDetails {
  readonly subnetId: string | undefined;
  /** Of its metadata service. */
  readonly httpTokens: string | undefined;
  readonly hopLimit: number | undefined;
}

export interface SecurityGroupDetails {
  readonly id: string;
  /** It has a rule for what comes in. */
  readonly admits: boolean;
}

/** A call of the agent or of a command, to be tried without effect. */
export type TriedCall =
  | {
      readonly action:
        | 'DescribeNetworkInterfaces'
        | 'DescribeInstances'
        | 'DescribeSubnets'
        | 'DescribeInstanceTypes'
        | 'DescribeSecurityGroups';
    }
  | { readonly action: 'AttachNetworkInterface'; readonly eniId: EniId; readonly instanceId: InstanceId }
  | { readonly action: 'DetachNetworkInterface'; readonly attachmentId: AttachmentId };

/** EC2 looked at for what could go wrong, in one region. Every method rejects with AgentError only; none changes anything. */
export interface Ec2Examination {
  contact(): Promise<Ec2Contact>;
  credentials(): Promise<CredentialSource>;
  eni(id: EniId): Promise<EniDetails | undefined>;
  instance(id: InstanceId): Promise<InstanceDetails | undefined>;
  securityGroups(ids: readonly string[]): Promise<readonly SecurityGroupDetails[]>;
  /** Whether IAM allows it, by a dry run. */
  mayCall(call: TriedCall): Promise<boolean>;
}

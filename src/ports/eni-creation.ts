import type { IpAddress } from '../core/address.ts';
import type { Attachment, Subnet } from '../core/eni.ts';
import type { Tag } from '../core/iam-policy.ts';
import type { EniId, SubnetId } from '../core/ids.ts';
import type { Reading } from '../core/reading.ts';

export interface CreateRequest {
  readonly subnetId: SubnetId;
  /** The primary one first. Empty: EC2 chooses. */
  readonly addresses: readonly IpAddress[];
  /** Empty: the VPC's default group. */
  readonly securityGroupIds: readonly string[];
  readonly description: string | undefined;
  readonly tags: readonly Tag[];
  /** `undefined`: made of all the rest, so that the same call makes no second ENI. */
  readonly clientToken: string | undefined;
}

export interface CreatedEni {
  readonly id: EniId;
  readonly addresses: readonly IpAddress[];
  readonly availabilityZone: string;
}

export interface SubnetToBe extends Subnet {
  readonly availabilityZone: string;
}

/** The calls that make an ENI, in one region. Every method rejects with AgentError only. */
export interface EniCreation {
  subnet(id: SubnetId): Promise<SubnetToBe>;
  /** The token that EC2 is given for the request. */
  tokenOf(request: CreateRequest): string;
  /** EC2 repeats its answer for a token that it knows, instead of making another ENI. */
  create(request: CreateRequest): Promise<CreatedEni>;
  /**
   * Who has what was created, which an earlier call may have made. Rejects with `node` when EC2 goes on to show no such
   * ENI: it repeats its answer for a token also when the ENI has been deleted.
   */
  attachmentOf(eni: CreatedEni, request: CreateRequest): Promise<Reading<Attachment>>;
  /** Rejects with `permission` when that may not be done. Changes nothing. */
  checkCreateAllowed(request: CreateRequest): Promise<void>;
}

import type { IpAddress } from '../core/address.ts';
import type { Subnet } from '../core/eni.ts';
import type { Tag } from '../core/iam-policy.ts';
import type { EniId, SubnetId } from '../core/ids.ts';

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

/** The calls that make an ENI, in one region. Every method rejects with AgentError only. */
export interface EniCreation {
  subnet(id: SubnetId): Promise<Subnet>;
  /** The token that EC2 is given for the request. */
  tokenOf(request: CreateRequest): string;
  /** EC2 repeats its answer for a token that it knows, instead of making another ENI. */
  create(request: CreateRequest): Promise<CreatedEni>;
  /** Rejects with `permission` when that may not be done. Changes nothing. */
  checkCreateAllowed(request: CreateRequest): Promise<void>;
}

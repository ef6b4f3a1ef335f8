import type { Cidr, IpAddress } from './address.ts';
import type { Eni, Subnet } from './eni.ts';
import type { EniId, Mac } from './ids.ts';

/** What the kernel's configuration depends on. */
export interface Traits {
  readonly mac: Mac;
  /** Canonical, the primary IPv4 address first. */
  readonly addresses: readonly IpAddress[];
  /** Networks of the ENI's subnet, IPv4 first. Empty: nobody has told them yet, and nothing is configured by them. */
  readonly subnetCidrs: readonly Cidr[];
}

/**
 * What must be known of an ENI to tell from this node's kernel alone whether it serves: facts that do not change
 * while the ENI is attached, and that the kernel cannot tell.
 */
export interface Service extends Traits {
  readonly eniId: EniId;
}

/** Whether all is known that the kernel is configured by. */
export function isWhole({ subnetCidrs }: Traits): boolean {
  return subnetCidrs.length > 0;
}

/** @param subnet `undefined`: not known yet */
export function serviceOf(eni: Eni, subnet: Subnet | undefined): Service {
  return { eniId: eni.id, mac: eni.mac, addresses: eni.addresses, subnetCidrs: subnet?.cidrs ?? [] };
}

import type { Cidr, IpAddress } from './address.ts';
import { contains, firstHost, prefixLengthOf } from './address.ts';

/** How many addresses of a subnet's beginning are AWS's own: network, router, DNS, future use. Its last one is, too. */
const RESERVED_FIRST = 4;

/**
 * Why `address` can't be an ENI's in the subnet; `undefined`: it can.
 * Source: Amazon VPC User Guide, "Subnet CIDR blocks".
 */
export function objectionTo(address: IpAddress, cidr: Cidr): string | undefined {
  if (!contains(cidr, address)) return `${address} is not in the subnet's network ${cidr}`;
  const offset = numberOf(address) - (numberOf(firstHost(cidr)) - 1);
  if (offset < RESERVED_FIRST)
    return `${address} is one of the first four addresses of ${cidr}, which AWS reserves`;
  const size = 2 ** (32 - prefixLengthOf(cidr));
  return offset === size - 1 ? `${address} is the last address of ${cidr}, which AWS reserves` : undefined;
}

function numberOf(address: IpAddress): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

import ipaddr from 'ipaddr.js';

export type Family = 'ipv4' | 'ipv6';

/** An IP address in its canonical spelling, so that equal addresses are equal strings. */
export type IpAddress = string;

/** `address/prefix length`, canonical, host bits cleared. */
export type Cidr = string;

/** The canonical spelling of an IP address; `undefined` when `text` is none (short forms such as `10.1` are none). */
export function parseAddress(text: string): IpAddress | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  if (text.includes('%')) return undefined;
  return ipaddr.parse(text).toString();
}

/** The canonical network of `text` (`10.2.0.7/24` is `10.2.0.0/24`; a bare address is a network of one). */
export function parseCidr(text: string): Cidr | undefined {
  const [host = '', length, ...rest] = text.split('/');
  const address = parseAddress(host);
  if (address === undefined || rest.length > 0) return undefined;
  if (length === undefined) return hostCidr(address);
  const bits = bitsOf(address);
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) return undefined;
  // Most of what a kernel has are single addresses; the library's arithmetic costs a monitor half a millisecond.
  if (Number(length) === bits) return hostCidr(address);
  const network =
    familyOf(address) === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(`${address}/${Number(length)}`)
      : ipaddr.IPv6.networkAddressFromCIDR(`${address}/${Number(length)}`);
  return `${network.toString()}/${Number(length)}`;
}

export function familyOf(addressOrCidr: IpAddress | Cidr): Family {
  return addressOrCidr.includes(':') ? 'ipv6' : 'ipv4';
}

export function prefixLengthOf(cidr: Cidr): number {
  return Number(cidr.split('/')[1]);
}

/** The network that holds this address and no other. */
export function hostCidr(address: IpAddress): Cidr {
  return `${address}/${bitsOf(address)}`;
}

/** All addresses of a family: how a default route is written. */
export function everything(family: Family): Cidr {
  return family === 'ipv4' ? '0.0.0.0/0' : '::/0';
}

export function contains(cidr: Cidr, address: IpAddress): boolean {
  if (familyOf(cidr) !== familyOf(address)) return false;
  const [network, length] = ipaddr.parseCIDR(cidr);
  return ipaddr.parse(address).match(network, length);
}

/** The first host of an IPv4 subnet: where the router of a VPC is. Source: Amazon VPC User Guide, "Subnet CIDR blocks". */
export function firstHost(cidr: Cidr): IpAddress {
  const network = ipaddr.IPv4.networkAddressFromCIDR(cidr);
  const octets = network.toByteArray();
  // A VPC subnet is /16 to /28, so its network address ends in a zero bit and adding one never carries.
  octets[3] = (octets[3] ?? 0) + 1;
  return new ipaddr.IPv4(octets as number[]).toString();
}

/** How long an address is, and so the longest prefix of its family. */
export function bitsOf(address: IpAddress): number {
  return familyOf(address) === 'ipv4' ? 32 : 128;
}

import { usedFamilies } from './desired.ts';
import type { Kernel } from './kernel.ts';
import type { Traits } from './service.ts';
import type { Settings } from './settings.ts';

/** A device with less has no IPv6 at all. Source: RFC 8200, section 5; Linux, IPV6_MIN_MTU. */
const IPV6_MIN_MTU = 1_280;

/** What the MTU of the ENI's device is to be. */
export interface DesiredMtu {
  readonly bytes: number;
  /** Whose it is, in words. */
  readonly from: string;
  /** The parameter says less than IPv6 needs, which the ENI has addresses of. */
  readonly isRaised: boolean;
}

/**
 * What the parameter says; else that of the primary interface, where the node's own traffic leaves. `undefined`: the
 * device keeps what it has, for nobody says otherwise, or somebody else configures it.
 * @param defaultDevices names of the devices of the main table's default routes, the preferred one first
 */
export function desiredMtu(
  traits: Traits,
  { mtu, manageAddresses }: Pick<Settings, 'mtu' | 'manageAddresses'>,
  kernel: Kernel,
  defaultDevices: readonly string[],
): DesiredMtu | undefined {
  const least = usedFamilies(traits).includes('ipv6') ? IPV6_MIN_MTU : 0;
  if (mtu !== undefined) {
    return { bytes: Math.max(mtu, least), from: 'parameter mtu', isRaised: mtu < least };
  }
  if (!manageAddresses) return undefined;
  const primary = defaultDevices
    .flatMap((name) => kernel.devices.filter((device) => device.name === name))
    .find(({ mac }) => mac !== traits.mac);
  if (primary?.mtu === undefined || primary.mtu < least) return undefined;
  return { bytes: primary.mtu, from: `as ${primary.name} has it`, isRaised: false };
}

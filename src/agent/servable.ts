import type { IpAddress } from '../core/address.ts';
import { familyOf } from '../core/address.ts';
import type { Eni } from '../core/eni.ts';
import { AgentError } from '../core/failure.ts';
import type { Mac } from '../core/ids.ts';
import { nameOfTarget } from '../core/settings.ts';
import type { Task } from './task.ts';

/** What of an ENI this node can't serve. */
export interface Unservable {
  readonly addresses: readonly IpAddress[];
  readonly because: string;
}

interface Servable {
  readonly eni: Eni;
  readonly unservable: Unservable | undefined;
}

/**
 * The ENI as this node can serve it: with its IPv4 addresses alone where the node takes no IPv6.
 * @throws {AgentError} `node`, where nothing of it is left
 */
export async function servablePart(task: Task, eni: Eni): Promise<Servable> {
  const because = await whyNotAll(task, eni);
  if (because === undefined) return { eni, unservable: undefined };
  const [addresses, unservable] = [onlyIpv4(eni.addresses), eni.addresses.filter(isIpv6)];
  if (addresses.length === 0) {
    throw new AgentError(
      'node',
      `${eni.id} has no other address than ${unservable.join(', ')}, and ${because}; switch IPv6 on`,
    );
  }
  return { eni: { ...eni, addresses }, unservable: { addresses: unservable, because } };
}

/** Of somebody else's knowledge of an ENI, what can be on this node. */
export async function servableTraits<
  T extends { readonly mac: Mac; readonly addresses: readonly IpAddress[] },
>(task: Task, traits: T): Promise<T> {
  const addresses = onlyIpv4(traits.addresses);
  if (addresses.length === 0 || (await whyNotAll(task, traits)) === undefined) return traits;
  return { ...traits, addresses };
}

export function warnOfUnservable({ ports, settings }: Task, unservable: Unservable | undefined): void {
  if (unservable === undefined) return;
  const { addresses, because } = unservable;
  ports.log.warn(`${because}: ${nameOfTarget(settings)} is served without ${addresses.join(', ')}`);
}

async function whyNotAll(
  { ports }: Task,
  { mac, addresses }: { readonly mac: Mac; readonly addresses: readonly IpAddress[] },
): Promise<string | undefined> {
  return addresses.some(isIpv6) ? ports.devices.whyNoIpv6(mac) : undefined;
}

function isIpv6(address: IpAddress): boolean {
  return familyOf(address) === 'ipv6';
}

function onlyIpv4(addresses: readonly IpAddress[]): readonly IpAddress[] {
  return addresses.filter((address) => !isIpv6(address));
}

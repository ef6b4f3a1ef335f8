import type { Cidr, IpAddress } from './address.ts';
import type { EniId } from './ids.ts';

/** How `rule_from` is to be read: one rule per address of the ENI, one for its subnet, or these networks. */
export type RuleFrom = 'addresses' | 'subnet' | readonly Cidr[];
type DetachMode = 'auto' | 'graceful' | 'force';
type StopFallback = 'isolate' | 'fail';

/**
 * What the operator configured. The parameter table of `ocf/` yields exactly this; defaults and meanings stand there.
 * Durations are milliseconds.
 */
export interface Settings {
  readonly eniId: EniId | undefined;
  readonly ip: IpAddress | undefined;
  readonly region: string | undefined;
  readonly deviceIndex: number | undefined;
  readonly routingTable: string;
  readonly routingTableId: number;
  readonly rulePriority: number;
  readonly ruleFrom: RuleFrom;
  readonly router: IpAddress | undefined;
  readonly manageAddresses: boolean;
  readonly detachMode: DetachMode;
  readonly forceAfter: number;
  readonly detachOnStop: boolean;
  readonly stopFallback: StopFallback;
  readonly repair: boolean;
  readonly exclusive: boolean;
  readonly mtu: number | undefined;
  readonly profile: string | undefined;
  readonly endpointUrl: string | undefined;
  readonly connectTimeout: number;
  readonly requestTimeout: number;
  readonly maxAttempts: number;
}

/** How a reason names the ENI before EC2 has said which one it is. */
export function nameOfTarget(settings: Pick<Settings, 'eniId' | 'ip'>): string {
  return settings.eniId ?? `the ENI with address ${settings.ip}`;
}

/** Whether others are told to leave the device alone. `manage_addresses=false` means that one of them configures it. */
export function isExclusive(settings: Pick<Settings, 'exclusive' | 'manageAddresses'>): boolean {
  return settings.exclusive && settings.manageAddresses;
}

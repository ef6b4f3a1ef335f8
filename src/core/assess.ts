import { everything, familyOf } from './address.ts';
import type { DesiredNetwork, DesiredRoute } from './desired.ts';
import type { Device, Kernel, Route, Rule } from './kernel.ts';
import { deviceWithMac } from './kernel.ts';
import type { Traits } from './service.ts';

/**
 * What monitor reports, from the kernel alone (D: device with the ENI's MAC up, A: addresses, R: rules and routes):
 *
 *   D  A  R
 *   all       -> running
 *   none      -> stopped    (an ENI that is attached but down and bare serves nobody)
 *   a part    -> broken     (with what is missing, and what is there)
 */
export type Health =
  | { readonly is: 'running'; readonly there: readonly string[] }
  | { readonly is: 'stopped'; readonly missing: readonly string[] }
  | { readonly is: 'broken'; readonly missing: readonly string[]; readonly there: readonly string[] };

/** A piece of evidence, in the words that a reason uses for it. */
interface Finding {
  readonly what: string;
  readonly there: boolean;
}

export function assess(kernel: Kernel, service: Traits, desired: DesiredNetwork): Health {
  const device = deviceWithMac(kernel, service.mac);
  const findings = [
    ...linkFindings(device, service),
    ...desired.addresses.map(({ address, prefixLength }) => ({
      what: `address ${address}/${prefixLength}`,
      there: device?.addresses.some((own) => own.address === address) ?? false,
    })),
    ...desired.rules.map((rule) => ({ what: nameOfRule(rule), there: hasRule(kernel, rule) })),
    ...desired.routes.map((route) => ({
      what: nameOfRoute(route),
      there: device !== undefined && hasRoute(kernel, route, device),
    })),
  ];
  const missing = findings.filter((finding) => !finding.there).map((finding) => finding.what);
  const there = findings.filter((finding) => finding.there).map((finding) => finding.what);
  if (missing.length === 0) return { is: 'running', there };
  return there.length === 0 ? { is: 'stopped', missing } : { is: 'broken', missing, there };
}

export function hasRule(kernel: Kernel, rule: Rule): boolean {
  return kernel.rules.some((other) => isSameRule(other, rule));
}

/** Whether both do the same, whoever made them. */
export function isSameRule(one: Rule, other: Rule): boolean {
  return one.priority === other.priority && one.from === other.from && one.table === other.table;
}

/** A route counts when it leads to the same place; a preferred source that somebody changed does not break replies. */
export function hasRoute(kernel: Kernel, route: DesiredRoute, device: Device): boolean {
  return kernel.routes.some(
    (other) => other.to === route.to && other.device === device.name && other.via === route.via,
  );
}

/** The default routes of the agent's table that leave by another device than the ENI's. */
export function foreignDefaultRoutes(kernel: Kernel, device: Device | undefined): readonly Route[] {
  return kernel.routes.filter(
    (route) => route.to === everything(familyOf(route.to)) && route.device !== device?.name,
  );
}

function linkFindings(device: Device | undefined, service: Traits): readonly Finding[] {
  if (device === undefined) return [{ what: `device with MAC ${service.mac}`, there: false }];
  if (device.up && !device.carrier) {
    return [
      { what: `link ${device.name} up`, there: true },
      { what: `carrier on ${device.name}`, there: false },
    ];
  }
  return [{ what: `link ${device.name} up`, there: device.up }];
}

function nameOfRule(rule: Rule): string {
  return `rule ${rule.priority}: from ${rule.from} lookup ${rule.table}`;
}

function nameOfRoute(route: DesiredRoute): string {
  return `route ${route.to}${route.via === undefined ? '' : ` via ${route.via}`}`;
}

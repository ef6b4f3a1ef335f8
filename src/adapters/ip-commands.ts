import type { Family } from '../core/address.ts';
import { familyOf } from '../core/address.ts';
import type { Change, Route, Rule } from '../core/kernel.ts';
import { AGENT_PROTOCOL } from '../core/kernel.ts';

/**
 * A change as a line of `ip -batch`.
 * @param protocols whether this ip knows protocols of rules; where not, the agent's own goes without saying
 */
export function lineOf(change: Change, protocols: boolean): string {
  switch (change.do) {
    case 'set-link':
      return `link set dev ${change.device} ${change.up ? 'up' : 'down'}`;
    case 'set-mtu':
      return `link set dev ${change.device} mtu ${change.mtu}`;
    case 'add-address': {
      const { address, prefixLength } = change.address;
      // The peer check of IPv6 would hold the address back for seconds, and AWS lets no one else have it.
      const noCheck = familyOf(address) === 'ipv6' ? ' nodad' : '';
      return `address add ${address}/${prefixLength} dev ${change.device} noprefixroute${noCheck}`;
    }
    case 'delete-address':
      return `address delete ${change.address.address}/${change.address.prefixLength} dev ${change.device}`;
    case 'replace-route':
      return `route replace ${routeText(change.route)} table ${change.table}`;
    case 'delete-route':
      return `route delete ${routeText(change.route)} table ${change.table}`;
    case 'add-rule':
      return `rule add ${ruleText({ ...change.rule, protocol: AGENT_PROTOCOL }, protocols)}`;
    case 'delete-rule':
      return `rule delete ${ruleText(change.rule, protocols)}`;
    default:
      return change satisfies never;
  }
}

/** Rules are the one thing that `ip -batch` does not tell the IP version of by itself. */
export function batchOf(change: Change): Family {
  return change.do === 'add-rule' || change.do === 'delete-rule' ? familyOf(change.rule.from) : 'ipv4';
}

/**
 * The refusals that mean that a change had already been made. Source: the kernel's errno texts and extended
 * acknowledgements, as iproute2 prints them.
 */
const ADDED_ALREADY = /File exists|already assigned/;
const DELETED_ALREADY =
  /No such (?:file|process|device)|Cannot (?:find device|assign requested address)|[Aa]ddress not found/;

export function isAlreadySo(change: Change, refusal: string): boolean {
  const isRemoval = change.do.startsWith('delete') || (change.do === 'set-link' && !change.up);
  return (isRemoval ? DELETED_ALREADY : ADDED_ALREADY).test(refusal);
}

function routeText({ to, device, via, source }: Route): string {
  const next = via === undefined ? '' : ` via ${via}`;
  const scope = via === undefined && familyOf(to) === 'ipv4' ? ' scope link' : '';
  const preferred = source === undefined ? '' : ` src ${source}`;
  return `${to}${next} dev ${device}${scope}${preferred}`;
}

function ruleText({ priority, from, table, protocol }: Rule, protocols: boolean): string {
  const isSaid = protocol !== undefined && (protocols || protocol !== AGENT_PROTOCOL);
  const maker = isSaid ? ` protocol ${protocol}` : '';
  return `from ${from} lookup ${table} priority ${priority}${maker}`;
}

import type { Family } from '../core/address.ts';
import { everything, hostCidr, parseAddress, parseCidr } from '../core/address.ts';
import { AgentError } from '../core/failure.ts';
import type { Mac } from '../core/ids.ts';
import type { Device, DeviceAddress, Route, Rule } from '../core/kernel.ts';

/** What `ip -N -j` prints, as far as it is used here. Source: iproute2's ipaddress.c, iprule.c, iproute.c. */
type Item = Readonly<Record<string, unknown>>;

/** Keys that a plain rule may have. Any other one narrows or redirects it, so that it is not one of ours. */
const PLAIN_RULE_KEYS = new Set(['priority', 'src', 'srclen', 'table', 'protocol']);

/**
 * The answers of one `ip -j -batch`, one list for each command that gave one.
 * @throws {AgentError} `transient`, for output that is none of ip's
 */
export function parseAnswers(stdout: string): readonly (readonly Item[])[] {
  try {
    return stdout
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line): readonly Item[] => {
        const answer: unknown = JSON.parse(line);
        if (!Array.isArray(answer)) throw new Error('not a list');
        return answer.filter((item): item is Item => typeof item === 'object' && item !== null);
      });
  } catch (error) {
    throw new AgentError('transient', `could not read what 'ip -j' printed: ${stdout.slice(0, 80)}`, {
      cause: error,
    });
  }
}

export function deviceOf(item: Item): Device {
  const flags = Array.isArray(item['flags']) ? item['flags'] : [];
  const addresses = Array.isArray(item['addr_info']) ? (item['addr_info'] as readonly Item[]) : [];
  return {
    name: String(item['ifname']),
    ifindex: Number(item['ifindex']),
    mac: String(item['address'] ?? '').toLowerCase() as Mac,
    up: flags.includes('UP'),
    carrier: flags.includes('LOWER_UP'),
    addresses: addresses.flatMap(addressOf),
  };
}

function addressOf(item: Item): readonly DeviceAddress[] {
  const address = parseAddress(String(item['local']));
  return address === undefined ? [] : [{ address, prefixLength: Number(item['prefixlen']) }];
}

/** Nothing for a rule that is more than priority, source and table. */
export function ruleOf(item: Item): readonly Rule[] {
  const { priority, src, srclen, table, protocol } = item;
  if (Object.keys(item).some((key) => !PLAIN_RULE_KEYS.has(key))) return [];
  const from = parseCidr(srclen === undefined ? String(src) : `${src}/${srclen}`);
  if (from === undefined) return [];
  const rule = { priority: Number(priority), from, table: Number(table) };
  return [protocol === undefined ? rule : { ...rule, protocol: String(protocol) }];
}

/** A route without a device of its own (blackhole, several next hops) is named by what it is: it is nobody's device. */
export function routeOf(item: Item, family: Family): readonly Route[] {
  const to = item['dst'] === 'default' ? everything(family) : parseCidr(String(item['dst']));
  if (to === undefined) return [];
  const hops = Array.isArray(item['nexthops']) ? (item['nexthops'] as readonly Item[]) : [];
  const device = item['dev'] ?? (hops.map((hop) => hop['dev']).join('+') || item['type'] || 'unknown');
  const via = item['gateway'] === undefined ? undefined : parseAddress(String(item['gateway']));
  const source = item['prefsrc'] === undefined ? undefined : parseAddress(String(item['prefsrc']));
  return [
    {
      to: to.includes('/') ? to : hostCidr(to),
      device: String(device),
      ...(via === undefined ? {} : { via }),
      ...(source === undefined ? {} : { source }),
    },
  ];
}

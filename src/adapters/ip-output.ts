import type { Family } from '../core/address.ts';
import { bitsOf, everything, parseAddress, parseCidr } from '../core/address.ts';
import { AgentError } from '../core/failure.ts';
import { isMac } from '../core/ids.ts';
import type { Device, DeviceAddress, Route, Rule } from '../core/kernel.ts';
import { oneLine } from '../core/one-line.ts';

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
        return itemsOf(answer);
      });
  } catch (error) {
    throw unreadable(stdout, error);
  }
}

/**
 * Nothing for the empty item that some versions print of a device that a filter left out.
 * @throws {AgentError} `transient`, for one without a name or index, which begins with 1: to leave it out would say
 * that it is not there
 */
export function deviceOf(item: Item): readonly Device[] {
  if (Object.keys(item).length === 0) return [];
  const { ifname: name, ifindex, flags, address, mtu } = item;
  if (!isDeviceName(name) || !isCount(ifindex) || Number(ifindex) === 0)
    throw unreadable(JSON.stringify(item));
  const words: readonly unknown[] = Array.isArray(flags) ? flags : [];
  const mac = textOf(address).toLowerCase();
  const permanentMac = textOf(item['permaddr']).toLowerCase();
  const kind = textOf((item['linkinfo'] as Item | undefined)?.['info_kind']);
  return [
    {
      name,
      ifindex: Number(ifindex),
      mac: isMac(mac) ? mac : undefined,
      ...(isMac(permanentMac) ? { permanentMac } : {}),
      ...(kind === '' ? {} : { kind }),
      up: words.includes('UP'),
      carrier: words.includes('LOWER_UP'),
      mtu: isCount(mtu) ? Number(mtu) : undefined,
      addresses: itemsOf(item['addr_info']).flatMap(addressOf),
    },
  ];
}

function addressOf({ local, prefixlen }: Item): readonly DeviceAddress[] {
  const address = parseAddress(textOf(local));
  if (address === undefined || !isCount(prefixlen) || Number(prefixlen) > bitsOf(address)) return [];
  return [{ address, prefixLength: Number(prefixlen) }];
}

/** Nothing for a rule that is more than priority, source and table. */
export function ruleOf(item: Item): readonly Rule[] {
  const { priority, src, srclen, table, protocol } = item;
  if (Object.keys(item).some((key) => !PLAIN_RULE_KEYS.has(key))) return [];
  const from = parseCidr(srclen === undefined ? textOf(src) : `${textOf(src)}/${textOf(srclen)}`);
  if (from === undefined || !isCount(priority) || !isCount(table)) return [];
  const rule = { priority: Number(priority), from, table: Number(table) };
  return /^\w+$/.test(textOf(protocol)) ? [{ ...rule, protocol: textOf(protocol) }] : [rule];
}

/** A route without a device of its own (blackhole, several next hops) is named by what it is: it is nobody's device. */
export function routeOf(item: Item, family: Family): readonly Route[] {
  const to = item['dst'] === 'default' ? everything(family) : parseCidr(textOf(item['dst']));
  if (to === undefined) return [];
  const hops = itemsOf(item['nexthops']).map((hop) => textOf(hop['dev']));
  const device = [item['dev'], hops.join('+'), item['type']].find(isDeviceName) ?? 'unknown';
  const via = parseAddress(textOf(item['gateway']));
  const source = parseAddress(textOf(item['prefsrc']));
  return [{ to, device, ...(via === undefined ? {} : { via }), ...(source === undefined ? {} : { source }) }];
}

/** A word of a command line that goes back to ip. Source: the kernel's dev_valid_name(). */
export function isDeviceName(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s/:\0]+$/.test(value);
}

/** Numbers are text in some places, depending on the version. */
export function isCount(value: unknown): value is number | string {
  return /^\d{1,10}$/.test(textOf(value));
}

/** Anything else would be asked for its own idea of a text. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function itemsOf(value: unknown): readonly Item[] {
  return Array.isArray(value)
    ? value.filter((item): item is Item => typeof item === 'object' && item !== null)
    : [];
}

function unreadable(printed: string, cause?: unknown): AgentError {
  return new AgentError('transient', `could not read what 'ip -j' printed: ${oneLine(printed, 80)}`, {
    cause,
  });
}

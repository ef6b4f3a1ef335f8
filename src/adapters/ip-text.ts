import type { Family, IpAddress } from '../core/address.ts';
import { bitsOf, everything, parseAddress, parseCidr } from '../core/address.ts';
import { AgentError } from '../core/failure.ts';
import { isMac } from '../core/ids.ts';
import type { Device, DeviceAddress, Route, Rule } from '../core/kernel.ts';
import { AGENT_PROTOCOL } from '../core/kernel.ts';
import { oneLine } from '../core/one-line.ts';
import { isCount, isDeviceName } from './ip-output.ts';

/** The number of the table that ip shows by this word; `undefined` where that can't be told. */
export type TableNumber = (shown: string) => number | undefined;

/**
 * What `ip -o link show` and `ip -o address show` print. Source, here and below: iprule.c and iproute.c of iproute2 before
 * and after 4.12; for links, addresses and neighbours, what 6.1 prints.
 * @throws {AgentError} `transient`, for output that is none of ip's; no device at all is none: lo is always there
 */
export function devicesIn(links: string, addresses: string): readonly Device[] {
  const owned = linesOf(addresses).flatMap(addressIn);
  const devices = linesOf(links).map((line) => linkIn(line, owned));
  if (devices.length === 0) throw unreadable(links);
  return devices;
}

interface Owned {
  readonly ifindex: number;
  readonly address: DeviceAddress;
}

/** `3: eth1@if2: <UP,LOWER_UP> mtu 1500 …\    link/ether 02:00:… brd ff:… permaddr 02:00:… …\    vlan protocol …` */
function linkIn(line: string, owned: readonly Owned[]): Device {
  const [head = '', tail = '', ...details] = line.split('\\');
  const [number, shown = '', flags = '', word, mtu] = wordsOf(head);
  const [type = '', hardwareAddress = '', ...more] = wordsOf(tail);
  const ifindex = countBeforeColon(number);
  // What follows an @ is the device below or at the other end.
  const name = /^([^@:]+)(?:@[^:]*)?:$/.exec(shown)?.[1];
  const isWhole = flags.startsWith('<') && flags.endsWith('>') && type.startsWith('link/');
  // The kernel numbers devices from 1.
  if (!ifindex || !isDeviceName(name) || !isWhole) throw unreadable(line);
  const words = flags.slice(1, -1).split(',');
  const mac = hardwareAddress.toLowerCase();
  const permanentMac = (more[more.indexOf('permaddr') + 1] ?? '').toLowerCase();
  const kind = details.flatMap((detail) => kindIn(detail))[0];
  return {
    name,
    ifindex,
    mac: isMac(mac) ? mac : undefined,
    ...(more.includes('permaddr') && isMac(permanentMac) ? { permanentMac } : {}),
    ...(kind === undefined ? {} : { kind }),
    up: words.includes('UP'),
    carrier: words.includes('LOWER_UP'),
    mtu: word === 'mtu' && isCount(mtu) ? Number(mtu) : undefined,
    addresses: owned.filter((one) => one.ifindex === ifindex).map(({ address }) => address),
  };
}

/** `    vlan protocol 802.1Q id 5 …`; what it is to the device above it is told as `bridge_slave …`. Source: iproute2, ipaddress.c. */
function kindIn(detail: string): readonly string[] {
  const [word = ''] = wordsOf(detail);
  return /^[a-z][a-z0-9_-]*$/.test(word) && !word.endsWith('_slave') && !NO_KINDS.has(word) ? [word] : [];
}

/** With what else a line of details begins. */
const NO_KINDS = new Set(['alias', 'vf', 'RX:', 'TX:']);

/** `3: eth1    inet 10.2.0.10/24 scope …`, or with `10.2.0.10 peer 10.3.0.1/32`, which has the peer's prefix length. */
function addressIn(line: string): readonly Owned[] {
  const [number, name, family, local = '', second, peer = ''] = wordsOf(line);
  const ifindex = countBeforeColon(number);
  if (ifindex === undefined || name === undefined || family === undefined) throw unreadable(line);
  if (family !== 'inet' && family !== 'inet6') return [];
  const [own = '', ownLength] = local.split('/');
  const length = second === 'peer' ? peer.split('/')[1] : ownLength;
  const address = parseAddress(own);
  if (address === undefined) throw unreadable(line);
  const prefixLength = length === undefined ? bitsOf(address) : Number(length);
  if ((length !== undefined && !isCount(length)) || prefixLength > bitsOf(address)) throw unreadable(line);
  return [{ ifindex, address: { address, prefixLength } }];
}

/** A rule that looks a source up in a table, and whether that is all that it is. */
export interface ShownRule {
  readonly rule: Rule;
  readonly plain: boolean;
  readonly line: string;
}

/**
 * What `ip -o rule show` prints, `100:\tfrom 10.2.0.10 lookup MYHA`, without the rules that have no source or no table.
 * @throws {AgentError} `transient`, for output that is none of ip's, and for a table whose number can't be told
 */
export function rulesIn(text: string, tableNumber: TableNumber): readonly ShownRule[] {
  return linesOf(text).flatMap((line) => {
    const [number, ...words] = wordsOf(line);
    const priority = countBeforeColon(number);
    const [first, source = '', ...rest] = words[0] === 'not' ? words.slice(1) : words;
    if (priority === undefined || first !== 'from' || source === '') throw unreadable(line);
    if (source === 'all') return [];
    const from = parseCidr(source);
    if (from === undefined || rest.length === 0) throw unreadable(line);
    const at = rest.indexOf('lookup');
    const shown = rest[at + 1];
    if (at < 0 || shown === '[l3mdev-table]') return [];
    const table = shown === undefined ? undefined : tableNumber(shown);
    if (table === undefined) {
      throw new AgentError(
        'transient',
        `could not tell the number of the routing table in '${oneLine(line, 80)}'; give it one name and one number in rt_tables`,
      );
    }
    const more = rest.slice(at + 2);
    const [word, protocol] = more;
    const isProtocol = word === 'proto' && more.length === 2;
    const plain = words[0] === 'from' && at === 0 && (more.length === 0 || isProtocol);
    return [{ rule: { priority, from, table, ...makerOf(isProtocol ? protocol : undefined) }, plain, line }];
  });
}

/**
 * An ip that knows no protocols of rules neither sets nor shows one, so the agent's rules look like all other plain ones.
 * These are taken for the agent's: otherwise a stop without a state would leave its own behind. A protocol that is shown counts.
 */
function makerOf(protocol: string | undefined): { readonly protocol?: string } {
  if (protocol === undefined) return { protocol: AGENT_PROTOCOL };
  return /^\w+$/.test(protocol) ? { protocol } : {};
}

/** Words of a route that have another one after them, which is not to be taken for a word of its own. */
const PAIRED = new Set(['dev', 'via', 'src', 'proto', 'scope', 'metric', 'table', 'from', 'tos', 'weight']);

/** Source: rtnetlink(7), the types of routes; `unicast` is not shown. */
const TYPES =
  /^(?:unicast|local|broadcast|anycast|multicast|blackhole|unreachable|prohibit|throw|nat|xresolve)$/;

/**
 * What `ip -o route show table …` prints: `default via 10.2.0.1 dev eth1`, `blackhole 10.9.0.0/16`, or next hops behind
 * a backslash each. A route without a device of its own is named by what it is, as in ip-output.ts.
 * @throws {AgentError} `transient`, for output that is none of ip's
 */
export function routesIn(text: string, family: Family): readonly Route[] {
  return linesOf(text).map((line) => {
    const [head = '', ...hops] = line.split('\\');
    const words = wordsOf(head);
    const type = words[0] !== undefined && TYPES.test(words[0]) ? words.shift() : undefined;
    const destination = words.shift() ?? '';
    const to = destination === 'default' ? everything(family) : parseCidr(destination);
    if (to === undefined) throw unreadable(line);
    const own = pairsOf(words);
    const hopDevices = hops.map((hop) => pairsOf(wordsOf(hop)).get('dev') ?? '').join('+');
    const device = [own.get('dev'), hopDevices, type].find(isDeviceName) ?? 'unknown';
    return { to, device, ...optional('via', own.get('via')), ...optional('source', own.get('src')) };
  });
}

function pairsOf(words: readonly string[]): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!PAIRED.has(word)) continue;
    at += 1;
    pairs.set(word, words[at] ?? '');
  }
  return pairs;
}

function optional<K extends 'via' | 'source'>(key: K, shown = ''): { readonly [_ in K]?: IpAddress } {
  const address = parseAddress(shown);
  return address === undefined ? {} : ({ [key]: address } as { readonly [_ in K]: IpAddress });
}

/**
 * What `ip neigh show to …` prints, `10.2.0.1 lladdr 02:00:… REACHABLE`: the words behind the address.
 * @throws {AgentError} `transient`, for output that is none of ip's
 */
export function neighbourWordsIn(text: string): readonly string[] {
  return linesOf(text).flatMap((line) => {
    const [neighbour = '', ...words] = wordsOf(line);
    if (parseAddress(neighbour) === undefined) throw unreadable(line);
    return words.flatMap((word) => word.split(','));
  });
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function countBeforeColon(word = ''): number | undefined {
  const count = word.endsWith(':') ? word.slice(0, -1) : '';
  return isCount(count) ? Number(count) : undefined;
}

function unreadable(printed: string): AgentError {
  return new AgentError('transient', `could not read what 'ip -o' printed: ${oneLine(printed, 80)}`);
}

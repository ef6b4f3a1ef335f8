import fc from 'fast-check';
import { expect, test } from 'vitest';
import { devicesIn, neighbourWordsIn, routesIn, rulesIn } from '../../../src/adapters/ip-text.ts';
import type { Kernel } from '../../../src/core/kernel.ts';
import { countEndings } from './endings.ts';
import { expectKernel } from './expect-kernel.ts';
import { hostileText, spoiled } from './hostile-text.ts';

const RUNS = 2_500;

const LINKS = [
  '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN\\    link/loopback 00:00:00:00:00:00',
  '7: eth1@if2: <BROADCAST,UP,LOWER_UP> mtu 9001 qdisc mq state UP\\    link/ether 02:00:0a:02:00:0a brd ff:ff',
];
const ADDRESSES = [
  '7: eth1    inet 10.2.0.10/24 scope global noprefixroute eth1\\       valid_lft forever',
  '7: eth1    inet6 fd00:2::10 peer fd00:3::1/64 scope global \\       valid_lft forever',
];
const RULES = [
  '0:\tfrom all lookup local ',
  '100:\tfrom 10.2.0.10 lookup MYHA ',
  '100:\tfrom 10.2.0.0/24 fwmark 0x7 lookup 100 ',
];
const ROUTES = [
  'default via 10.2.0.1 dev eth1 ',
  '10.2.0.0/24 dev eth1  scope link  src 10.2.0.10 ',
  '10.9.0.0/16 \\\tnexthop via 10.2.0.1  dev eth1 weight 1\\\tnexthop via 10.2.0.2  dev eth1 weight 1',
];
const NEIGHBOURS = ['10.2.0.1 lladdr 02:00:00:00:00:01 REACHABLE'];

/** Most words as they are, a few of them spoiled. */
const spoiledLine = (line: string): fc.Arbitrary<string> =>
  fc
    .tuple(...line.split(/(\s+)/).map((word) => oftenAsItIs(word, spoiled(word))))
    .map((words) => words.join(''));
const oftenAsItIs = <T>(good: T, bad: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 150, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: bad });
const answer = (lines: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 30, arbitrary: fc.tuple(...lines.map(spoiledLine)).map((all) => all.join('\n')) },
    { weight: 1, arbitrary: hostileText },
    { weight: 1, arbitrary: fc.nat(100).map((end) => lines.join('\n').slice(0, end)) },
  );
const output = fc.tuple(...[LINKS, ADDRESSES, RULES, ROUTES, NEIGHBOURS].map(answer));

function read([
  links = '',
  addresses = '',
  rules = '',
  routes = '',
  neighbours = '',
]: readonly string[]): Kernel {
  expect(neighbourWordsIn(neighbours).every((word) => !/[\s,]/.test(word))).toBe(true);
  return {
    devices: devicesIn(links, addresses),
    rules: rulesIn(rules, (shown) => (['MYHA', '100'].includes(shown) ? 100 : undefined)).map(
      ({ rule }) => rule,
    ),
    routes: routesIn(routes, 'ipv4'),
  };
}

test(`whatever an old ip prints: devices, rules and routes of their shapes, or a reason (${RUNS} inputs)`, async () => {
  const { judge, endings } = countEndings();
  await fc.assert(
    fc.asyncProperty(output, (texts) =>
      judge(() => read(texts), { value: expectKernel, kinds: ['transient'] }),
    ),
    { numRuns: RUNS },
  );
  const { values, errors } = endings();
  expect(values + errors).toBe(RUNS);
  expect(Math.min(values, errors)).toBeGreaterThan(RUNS / 20);
});

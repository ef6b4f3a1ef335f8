import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceOf, parseAnswers, routeOf, ruleOf } from '../../../src/adapters/ip-output.ts';
import type { Kernel } from '../../../src/core/kernel.ts';
import { countEndings } from './endings.ts';
import { expectKernel } from './expect-kernel.ts';
import { hostileText, spoiledJson } from './hostile-text.ts';

const RUNS = 2_500;

const DEVICES = [
  {
    ifindex: 7,
    ifname: 'eth1',
    flags: ['BROADCAST', 'UP', 'LOWER_UP'],
    address: '02:00:0a:02:00:0a',
    addr_info: [{ family: 'inet', local: '10.2.0.10', prefixlen: 24 }],
  },
];
const RULES = [{ priority: 100, src: '10.2.0.10', srclen: 32, table: '100', protocol: '4' }];
const ROUTES = [
  { dst: 'default', gateway: '10.2.0.1', dev: 'eth1', flags: [] },
  { dst: '10.2.0.0/24', dev: 'eth1', prefsrc: '10.2.0.10', scope: '253' },
  { dst: '10.9.0.0/16', nexthops: [{ gateway: '10.2.0.1', dev: 'eth1' }], metric: 1 },
];

const lines = fc
  .tuple(spoiledJson(DEVICES), spoiledJson(RULES), spoiledJson(ROUTES))
  .map((answers) => answers.map((answer) => JSON.stringify(answer)).join('\n'));
const output = fc.oneof(
  { weight: 8, arbitrary: lines },
  { weight: 1, arbitrary: hostileText },
  { weight: 1, arbitrary: fc.tuple(lines, fc.nat(400)).map(([text, end]) => text.slice(0, end)) },
);

function read(stdout: string): Kernel {
  const [devices = [], rules = [], routes = []] = parseAnswers(stdout);
  return {
    devices: devices.flatMap(deviceOf),
    rules: rules.flatMap(ruleOf),
    routes: routes.flatMap((item) => routeOf(item, 'ipv4')),
  };
}

test(`whatever ip prints: devices, rules and routes of their shapes, or a reason (${RUNS} inputs)`, async () => {
  const { judge, endings } = countEndings();
  await fc.assert(
    fc.asyncProperty(output, (stdout) =>
      judge(() => read(stdout), { value: expectKernel, kinds: ['transient'] }),
    ),
    { numRuns: RUNS },
  );
  const { values, errors } = endings();
  expect(values + errors).toBe(RUNS);
  expect(Math.min(values, errors)).toBeGreaterThan(RUNS / 20);
});

test('as ip prints them, they are read', () => {
  const stdout = [DEVICES, RULES, ROUTES].map((answer) => JSON.stringify(answer)).join('\n');
  const { devices, rules, routes } = read(stdout);
  expect([devices.length, rules.length, routes.length]).toEqual([1, 1, 3]);
  // The kernel numbers devices from 1.
  expect(() => deviceOf({ ...DEVICES[0], ifindex: 0 })).toThrow('could not read');
  // What a filter left out is an empty object in some versions.
  expect(deviceOf({})).toEqual([]);
});

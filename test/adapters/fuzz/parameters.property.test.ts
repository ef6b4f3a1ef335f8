import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress, parseCidr } from '../../../src/core/address.ts';
import { isEniId, isRegion } from '../../../src/core/ids.ts';
import type { Settings } from '../../../src/core/settings.ts';
import { parameterNames } from '../../../src/ocf/parameters.ts';
import { parseParameters } from '../../../src/ocf/parse-parameters.ts';
import { countEndings, expectPrintable } from './endings.ts';
import { hostileText, spoiled } from './hostile-text.ts';

const RUNS = 2_500;

const GOOD: Readonly<Record<string, string>> = {
  eni_id: 'eni-0a1b2c3d4e5f60718',
  ip: '10.2.0.10',
  region: 'eu-central-1',
  rule_from: '10.2.0.0/24, fd00:2::/64',
  router: '10.2.0.1',
  profile: 'cluster',
  endpoint_url: 'https://vpce-1.ec2.eu-central-1.vpce.amazonaws.com',
  detach_mode: 'auto',
  stop_fallback: 'fail',
  repair: 'true',
  force_after: '30s',
};

const one = fc
  .constantFrom(...parameterNames)
  .chain((name) => fc.tuple(fc.constant(`OCF_RESKEY_${name}`), spoiled(GOOD[name] ?? '7')));
const unknown = fc.tuple(
  hostileText.map((text) => `OCF_RESKEY_${text.slice(0, 200)}`),
  hostileText,
);
const environment = fc
  .tuple(fc.array(one, { maxLength: 4 }), fc.array(unknown, { maxLength: 2 }))
  .map(([known, others]) => ({
    OCF_RESKEY_eni_id: GOOD['eni_id'],
    ...Object.fromEntries([...others, ...known]),
  }));

function expectSettings(settings: Settings): void {
  const { eniId, ip, region, router, ruleFrom, routingTable, profile, endpointUrl } = settings;
  expect(eniId === undefined || isEniId(eniId)).toBe(true);
  for (const address of [ip, router]) if (address !== undefined) expect(parseAddress(address)).toBe(address);
  expect(region === undefined || isRegion(region)).toBe(true);
  if (typeof ruleFrom === 'object') for (const cidr of ruleFrom) expect(parseCidr(cidr)).toBe(cidr);
  expect(routingTable).toMatch(/^[A-Za-z][\w.-]{0,31}$/);
  expect(profile ?? 'none').toMatch(/^[\w.@+-]{1,128}$/);
  expect(profile ?? 'none').not.toMatch(/^-/);
  if (endpointUrl !== undefined) {
    expectPrintable(endpointUrl);
    expect(endpointUrl).toMatch(/^https?:\/\/[^\s]+$/i);
  }
  for (const value of Object.values(settings)) {
    if (typeof value === 'number')
      expect(Number.isInteger(value) && value >= 0 && value < 2 ** 31).toBe(true);
  }
  for (const name of ['manageAddresses', 'detachOnStop', 'repair'] as const) {
    expect(settings[name]).toBeTypeOf('boolean');
  }
  expect(['auto', 'graceful', 'force']).toContain(settings.detachMode);
  expect(['isolate', 'fail']).toContain(settings.stopFallback);
}

test(`whatever parameters hold: settings of their shapes, or a reason of one line (${RUNS} inputs)`, async () => {
  const { judge, endings } = countEndings();
  await fc.assert(
    fc.asyncProperty(environment, (env) =>
      judge(() => parseParameters(env), {
        value: ({ settings }) => expectSettings(settings),
        kinds: ['parameter'],
        secret: 'hunter2',
      }),
    ),
    { numRuns: RUNS },
  );
  const { values, errors } = endings();
  expect(values + errors).toBe(RUNS);
  expect(Math.min(values, errors)).toBeGreaterThan(RUNS / 20);
});

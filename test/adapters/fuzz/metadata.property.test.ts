import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createInstanceMetadata } from '../../../src/adapters/imds.ts';
import { parseAddress, parseCidr } from '../../../src/core/address.ts';
import type { Identity } from '../../../src/core/eni.ts';
import { isEniId, isInstanceId, isMac, isRegion } from '../../../src/core/ids.ts';
import type { InstanceMetadata, MetadataInterface } from '../../../src/ports/agent.ts';
import { countEndings } from './endings.ts';
import { hostileText, spoiled, spoiledJson } from './hostile-text.ts';
import type { HttpAnswer } from './loopback.ts';
import { serveLoopback } from './loopback.ts';

const RUNS = 1_200;
const MAC = '02:00:0a:02:00:0a';
const eniId = 'eni-0a1b2c3d4e5f60718';
const ENDPOINT = 'AWS_EC2_METADATA_SERVICE_ENDPOINT';

type Answers = Readonly<Record<string, HttpAnswer>>;

const DOCUMENT = {
  instanceId: 'i-0aaaaaaaaaaaaaaaa',
  instanceType: 'm5.large',
  region: 'eu-central-1',
  availabilityZone: 'eu-central-1a',
};
const VALUES: Readonly<Record<string, string>> = {
  'interface-id': eniId,
  'local-ipv4s': '10.2.0.10\n10.2.0.11',
  ipv6s: 'fd00:2::10',
  'subnet-ipv4-cidr-block': '10.2.0.0/24',
  'subnet-ipv6-cidr-blocks': 'fd00:2::/64',
};

const status = fc.oneof(
  { weight: 30, arbitrary: fc.constant(200) },
  { weight: 1, arbitrary: fc.constantFrom(204, 301, 400, 401, 403, 404, 429, 500, 503) },
);
const answering = (body: fc.Arbitrary<string>): fc.Arbitrary<HttpAnswer> => fc.record({ status, body });
const valuesOfMac = Object.entries(VALUES).map(
  ([key, value]) => [`/macs/${MAC}/${key}`, answering(spoiled(value))] as const,
);
const answers: fc.Arbitrary<Answers> = fc.record({
  '/api/token': answering(
    fc.oneof({ weight: 20, arbitrary: fc.constant('token') }, { weight: 1, arbitrary: hostileText }),
  ),
  '/instance-identity/document': answering(spoiledJson(DOCUMENT).map((value) => JSON.stringify(value))),
  '/interfaces/macs/': answering(spoiled(`${MAC}/\n02:00:0a:01:00:0b/`)),
  ...Object.fromEntries(valuesOfMac),
});

let current: Answers = {};
let close: (() => Promise<void>) | undefined;
const before = process.env[ENDPOINT];
beforeAll(async () => {
  const missing = { status: 404, body: '' };
  const server = await serveLoopback((_, path) => {
    const key = Object.keys(current).find((end) => path.endsWith(end));
    return (key === undefined ? undefined : current[key]) ?? missing;
  });
  close = server.close;
  process.env[ENDPOINT] = server.url;
});
afterAll(async () => {
  if (before === undefined) delete process.env[ENDPOINT];
  else process.env[ENDPOINT] = before;
  await close?.();
});

function expectIdentity({ instanceId, instanceType, region, availabilityZone }: Identity): void {
  expect([isInstanceId(instanceId), isRegion(region)]).toEqual([true, true]);
  for (const name of [instanceType, availabilityZone]) expect(name).toMatch(/^[a-z0-9][a-z0-9.-]{0,63}$/i);
}

function expectInterface(found: MetadataInterface | undefined): void {
  if (found === undefined) return;
  expect([isEniId(found.eniId), isMac(found.mac)]).toEqual([true, true]);
  expect(Math.min(found.addresses.length, found.subnetCidrs.length)).toBeGreaterThan(0);
  for (const address of found.addresses) expect(parseAddress(address)).toBe(address);
  for (const cidr of found.subnetCidrs) expect(parseCidr(cidr)).toBe(cidr);
}

test(`whatever the metadata service answers: values of their shapes, or a reason (${2 * RUNS} inputs)`, async () => {
  const { judge, endings } = countEndings();
  const property = fc.asyncProperty(answers, async (given) => {
    current = given;
    const metadata = (): InstanceMetadata => createInstanceMetadata(() => 60_000);
    await judge(() => metadata().identity(), { value: expectIdentity, kinds: ['transient'] });
    await judge(() => metadata().findInterface({ eniId }), {
      value: expectInterface,
      kinds: ['transient'],
    });
  });
  await fc.assert(property, { numRuns: RUNS });
  const { values, errors } = endings();
  expect(values + errors).toBe(2 * RUNS);
  expect(Math.min(values, errors)).toBeGreaterThan(RUNS / 20);
});

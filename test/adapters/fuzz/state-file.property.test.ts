import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createStateStore } from '../../../src/adapters/state-file.ts';
import { parseAddress, parseCidr } from '../../../src/core/address.ts';
import { isEniId, isInstanceId, isMac, isRegion } from '../../../src/core/ids.ts';
import type { State } from '../../../src/ports/agent.ts';
import { here, service } from '../../fixtures/world.ts';
import { countEndings } from './endings.ts';
import { hostileText, spoiledJson } from './hostile-text.ts';

const RUNS = 800;

const directory = mkdtempSync(join(tmpdir(), 'aws-eni-fuzz-'));
afterAll(() => rmSync(directory, { recursive: true }));

const warnings: string[] = [];
const ignore = (): void => undefined;
const store = createStateStore(directory, 'service-eni', {
  tell: ignore,
  debug: ignore,
  info: ignore,
  warn: (words) => void warnings.push(words),
});
await store.write({
  service,
  instanceId: here,
  region: 'eu-central-1',
  network: { routingTableId: 100, rulePriority: 100, ruleSources: ['10.2.0.10/32'] },
});
const path = join(directory, readdirSync(directory)[0] ?? '');
const good: unknown = JSON.parse(readFileSync(path, 'utf8'));

const contents = fc.oneof(
  { weight: 8, arbitrary: spoiledJson(good).map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: hostileText },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)) },
);

/** All of it goes into commands for the kernel and requests to EC2. */
function expectState({ service: found, instanceId, region, network }: State): void {
  expect([isEniId(found.eniId), isMac(found.mac)]).toEqual([true, true]);
  expect([isInstanceId(instanceId), isRegion(region)]).toEqual([true, true]);
  for (const address of found.addresses) expect(parseAddress(address)).toBe(address);
  for (const cidr of [...found.subnetCidrs, ...network.ruleSources]) expect(parseCidr(cidr)).toBe(cidr);
  for (const number of [network.routingTableId, network.rulePriority]) {
    expect(Number.isInteger(number) && number > 0 && number < 2 ** 32).toBe(true);
  }
}

test(`whatever the state file holds: a state of its shape, or none with a warning (${RUNS} inputs)`, async () => {
  const { judge, endings } = countEndings();
  let ignored = 0;
  const property = fc.asyncProperty(contents, async (text) => {
    writeFileSync(path, text ?? '');
    warnings.length = 0;
    await judge(() => store.read(), {
      value: (state) => {
        expect(warnings).toHaveLength(state === undefined ? 1 : 0);
        if (state === undefined) ignored += 1;
        else expectState(state);
      },
      kinds: [],
    });
  });
  await fc.assert(property, { numRuns: RUNS });
  const { values, errors } = endings();
  expect({ values, errors }).toEqual({ values: RUNS, errors: 0 });
  expect(Math.min(ignored, RUNS - ignored)).toBeGreaterThan(RUNS / 50);
});

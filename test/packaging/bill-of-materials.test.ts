import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, test } from 'vitest';
import { billOfMaterials } from '../../packaging/bill-of-materials.ts';
import { realContents } from './contents.ts';

interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version?: string;
  readonly purl?: string;
  readonly licenses?: readonly unknown[];
  readonly components?: readonly Component[];
  readonly 'bom-ref'?: string;
}

interface Bill {
  readonly metadata: { readonly component: Component; readonly timestamp: string };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

const contents = await realContents();
const text = billOfMaterials(contents);
const bill: Bill = JSON.parse(text);
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

function withNested(components: readonly Component[]): readonly Component[] {
  return components.flatMap((one) => [one, ...withNested(one.components ?? [])]);
}

describe('the schema', { timeout: 60_000 }, () => {
  test('has nothing against it', async () => {
    expect(await validator.validate(text)).toBeNull();
  });

  test.each([
    ['a licence that is none', '"id": "MIT"', '"id": "MIT-like"'],
    ['a field of our own', '"specVersion"', '"specialVersion"'],
    ['a time in words', '"timestamp": "2027-', '"timestamp": "in 2027-'],
    ['a hash that is none', '"alg": "SHA-512"', '"alg": "SHA-513"'],
  ])('would notice %s', async (_, right, wrong) => {
    expect(text).toContain(right);
    expect(await validator.validate(text.replace(right, wrong))).not.toBeNull();
  });
});

test('it names the packages that are compiled in, the runtime, and nothing else', () => {
  const named = bill.components.map(({ group, name, version }) =>
    [group, `${name}@${version}`].filter(Boolean).join('/'),
  );
  const { packages, runtime } = contents;
  const there = [...packages, runtime].map(({ name, version }) => `${name}@${version}`);
  expect([...named].sort()).toEqual([...there].sort());
});

test('each component has a licence and a reference of its own', () => {
  const all = [bill.metadata.component, ...withNested(bill.components)];
  expect(all.length).toBeGreaterThan(contents.packages.length + contents.runtime.parts.length);
  expect(all.filter(({ licenses = [] }) => licenses.length !== 1)).toEqual([]);
  const references = all.map((one) => one['bom-ref']);
  expect(references).toEqual([...new Set(references)]);
});

test('aws-eni depends on each package and on the runtime, and the runtime on its parts', () => {
  const dependsOn = (ref: string) => bill.dependencies.find((one) => one.ref === ref)?.dependsOn;
  expect(dependsOn('aws-eni')).toHaveLength(contents.packages.length + 1);
  expect(dependsOn(`pkg:npm/%40oven/bun-linux-x64@${contents.runtime.version}`)).toHaveLength(
    contents.runtime.parts.length,
  );
});

test('it tells the time that it was given', () => {
  expect(bill.metadata.timestamp).toBe('2027-01-15T08:00:00.000Z');
});

test('on another architecture the runtime is another file', () => {
  const other: Bill = JSON.parse(billOfMaterials({ ...contents, architecture: 'aarch64' }));
  expect(other.metadata.component.purl).toBe(`pkg:generic/aws-eni@${contents.version}?arch=aarch64`);
  expect(other.components.find(({ name }) => name === 'bun')?.purl).toBe(
    `pkg:npm/%40oven/bun-linux-aarch64@${contents.runtime.version}`,
  );
});

test('the order in which packages were found does not matter', () => {
  expect(billOfMaterials({ ...contents, packages: contents.packages.toReversed() })).toBe(text);
});

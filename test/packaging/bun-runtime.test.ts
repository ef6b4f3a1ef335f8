import { execa } from 'execa';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { bunRuntime } from '../../packaging/bun-runtime.ts';
import { licenseIds } from '../../packaging/license-expression.ts';

/** What the runtime reports of interfaces that it offers, of tools, and of itself. */
const NO_PARTS = ['bun', 'modules', 'napi', 'node', 'openssl', 'typescript', 'unicode', 'uv', 'v8', 'zig'];

const script =
  'console.log(JSON.stringify({ version: Bun.version, revision: Bun.revision, parts: process.versions }))';
const { stdout } = await execa('bun', ['-e', script], { preferLocal: true });
const reported: {
  readonly version: string;
  readonly revision: string;
  readonly parts: Readonly<Record<string, string>>;
} = JSON.parse(stdout);

test('the parts are listed for the version of Bun that is pinned and compiles', () => {
  expect(bunRuntime.version).toBe(packageJson.devDependencies.bun);
  expect(reported).toMatchObject({ version: bunRuntime.version, revision: bunRuntime.commit });
});

test('every part that the runtime reports is listed, in its version', () => {
  const parts = Object.entries(reported.parts).filter(([name]) => !NO_PARTS.includes(name));
  const listed = bunRuntime.parts.filter(({ reportedAs }) => reportedAs !== undefined);
  expect(Object.fromEntries(listed.map(({ reportedAs, version }) => [reportedAs, version]))).toEqual(
    Object.fromEntries(parts),
  );
});

test('each part is listed once, with a licence', () => {
  const names = bunRuntime.parts.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  for (const { license } of bunRuntime.parts) expect(licenseIds(license)).not.toEqual([]);
});

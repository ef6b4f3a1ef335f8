import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { bunRuntime } from '../../packaging/bun-runtime.ts';
import { compiledPackages } from '../../packaging/compiled-packages.ts';
import { licenseExpression } from '../../packaging/license-expression.ts';

const packaging = new URL('../../packaging/', import.meta.url);
const read = (name: string): Promise<string> => readFile(new URL(name, packaging), 'utf8');

test('the spec has the version of package.json', async () => {
  const [, version] = /^Version: +(\S+)$/m.exec(await read('aws-eni.spec')) ?? [];
  expect(version).toBe(packageJson.version);
});

test('the spec names the licence of aws-eni and those of all that is compiled in', async () => {
  const root = new URL('../../', import.meta.url).pathname;
  const packages = await compiledPackages(await readFile(`${root}dist/metafile.json`, 'utf8'), root);
  const licences = [packageJson, ...packages, bunRuntime, ...bunRuntime.parts].map(({ license }) => license);
  const [, tag] = /^License: +(.+)$/m.exec(await read('aws-eni.spec')) ?? [];
  expect(tag).toBe(licenseExpression(licences));
});

test('the newest entry of the changes is about it', async () => {
  const [, newest] = (await read('aws-eni.changes')).split(/^-{20,}\n/m);
  expect(newest).toContain(`\n- Version ${packageJson.version}\n`);
});

/** Known to rpm 4.11 of SLES 12 and to every later one, as the spec uses them. Source: rpm 4.11, macros.in and build/. */
const OLD_MACROS = new Set([
  ...[
    '_build_id_links',
    '_docdir',
    '_datadir',
    '_mandir',
    '_prefix',
    '_sbindir',
    '_target_cpu',
    '__strip',
    'buildroot',
    'nil',
  ],
  ...[
    'build',
    'changelog',
    'check',
    'description',
    'dir',
    'doc',
    'else',
    'endif',
    'files',
    'global',
    'if',
    'install',
  ],
  ...['license', 'prep', 'setup', 'debug_package', 'name', 'version'],
  // Defined by SUSE alone, or by the spec itself.
  ...['suse_version', 'ocf_root'],
]);

test('the spec has no macro that the oldest rpm does not know', async () => {
  const spec = (await read('aws-eni.spec')).replaceAll('%%', '').replaceAll(/^#.*$/gm, '');
  const used = [...spec.matchAll(/%\{?[?!]*(\w+)/g)].map(([, name = '']) => name);
  expect(used.length).toBeGreaterThan(20);
  expect(used.filter((name) => !OLD_MACROS.has(name))).toEqual([]);
});

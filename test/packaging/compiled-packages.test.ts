import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { compiledPackages } from '../../packaging/compiled-packages.ts';
import { realContents, root } from './contents.ts';

describe('a tree with', () => {
  let tree: string;

  beforeEach(async () => {
    tree = await mkdtemp(join(tmpdir(), 'aws-eni-packages-'));
  });

  afterEach(async () => {
    await rm(tree, { recursive: true });
  });

  async function place(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }

  /** Packages by their directories, each with one file of which `bytes` are compiled in. */
  async function compile(packages: Readonly<Record<string, object>>, bytes = 10): Promise<string> {
    for (const [directory, data] of Object.entries(packages)) {
      await place(`${directory}/package.json`, JSON.stringify(data));
    }
    const directories = Object.keys(packages);
    const lock = Object.fromEntries(
      directories.map((directory) => [directory, { integrity: 'sha512-AAAA' }]),
    );
    await place('package-lock.json', JSON.stringify({ packages: lock }));
    const inputs = directories.map((directory) => [`${directory}/dist/index.js`, { bytesInOutput: bytes }]);
    return JSON.stringify({ outputs: { './aws-eni': { inputs: Object.fromEntries(inputs) } } });
  }

  const one = { name: 'one', version: '1.0.0', license: 'MIT' };

  test('nested and scoped packages gives each, sorted', async () => {
    const metafile = await compile({
      'node_modules/zwei': { ...one, name: 'zwei' },
      'node_modules/zwei/node_modules/one': { ...one, version: '2.0.0' },
      'node_modules/one': one,
      'node_modules/@scope/drei': { ...one, name: '@scope/drei' },
    });
    const found = await compiledPackages(metafile, tree);
    expect(found.map(({ name, version }) => `${name} ${version}`)).toEqual([
      '@scope/drei 1.0.0',
      'one 1.0.0',
      'one 2.0.0',
      'zwei 1.0.0',
    ]);
  });

  test('the same version twice gives it once', async () => {
    const metafile = await compile({ 'node_modules/one': one, 'node_modules/zwei/node_modules/one': one });
    expect(await compiledPackages(metafile, tree)).toHaveLength(1);
  });

  test('a package of which no byte is left gives nothing', async () => {
    expect(await compiledPackages(await compile({ 'node_modules/one': one }, 0), tree)).toEqual([]);
  });

  test('licence and NOTICE files gives their texts, and who made it', async () => {
    const more = { author: 'A. Uthor <a@example.com>', repository: 'owner/one' };
    const metafile = await compile({ 'node_modules/one': { ...one, ...more } });
    await place('node_modules/one/LICENSE-MIT.txt', 'permission');
    await place('node_modules/one/NOTICE', 'attribution');
    await place('node_modules/one/licensed.js', 'no licence');
    expect(await compiledPackages(metafile, tree)).toEqual([
      {
        ...one,
        author: 'A. Uthor',
        homepage: 'https://github.com/owner/one#readme',
        repository: 'git+https://github.com/owner/one.git',
        integrity: 'sha512-AAAA',
        licenseTexts: ['permission'],
        noticeTexts: ['attribution'],
      },
    ]);
  });

  test.each([
    ['no licence', undefined, 'package.json of node_modules/one names no licence'],
    ['a licence in the old form', { type: 'MIT' }, 'package.json of node_modules/one names no licence'],
    ['a licence in words', 'see file', "the licence 'see file' of node_modules/one is no SPDX expression"],
  ])('%s is refused, with the name of the package', async (_, license, message) => {
    const metafile = await compile({ 'node_modules/one': { ...one, license } });
    await expect(compiledPackages(metafile, tree)).rejects.toThrow(message);
  });

  test('a package that the lock file does not have is refused', async () => {
    const metafile = await compile({ 'node_modules/one': one });
    await place('package-lock.json', JSON.stringify({ packages: {} }));
    await expect(compiledPackages(metafile, tree)).rejects.toThrow('no integrity hash for node_modules/one');
  });
});

describe('the executable', { timeout: 60_000 }, async () => {
  const { packages } = await realContents();
  const names = packages.map(({ name }) => name);

  test('has every runtime dependency of package.json', () => {
    expect(names).toEqual(expect.arrayContaining(Object.keys(packageJson.dependencies)));
  });

  // The executable itself says so: a text that stands in one file of the package, and nowhere else.
  test.each([
    ['@aws-sdk/client-ec2', 'dist-es/runtimeConfig.shared.js', 'http://ec2.amazonaws.com/doc/2016-11-15'],
    ['bowser', 'src/parser.js', "UserAgent parameter can't be empty"],
    ['ipaddr.js', 'lib/ipaddr.js', 'ipaddr: the address has neither IPv6 nor IPv4 format'],
    ['https-proxy-agent', 'dist/parse-proxy-response.js', 'No header received from proxy CONNECT response'],
    ['fast-check', 'lib/fast-check.js', 'Property failed after'],
    ['execa', 'lib/return/message.js', 'Command was killed with'],
    ['fast-xml-parser', 'src/validator.js', 'Start tag expected.'],
    ['vitest', 'index.cjs', 'Vitest cannot be imported in a CommonJS module'],
  ])('agrees with the list about %s', async (name, file, text) => {
    expect(await readFile(`${root}/node_modules/${name}/${file}`, 'utf8')).toContain(text);
    const executable = await readFile(`${root}/dist/aws-eni`);
    expect(executable.includes(text)).toBe(names.includes(name));
  });
});

import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Lock } from '../../packaging/rpm/vendored-packages.ts';
import { vendoredPackages } from '../../packaging/rpm/vendored-packages.ts';

const entry = (version: string, dependencies: Readonly<Record<string, string>> = {}) => ({
  version,
  integrity: `sha512-${version}`,
  dependencies,
});

const lock: Lock = {
  packages: {
    '': {},
    'node_modules/a': entry('1.0.0', { b: '^1.0.0', c: '^2.0.0' }),
    'node_modules/a/node_modules/c': entry('2.0.0', { '@s/d': '1' }),
    'node_modules/b': entry('1.0.0', { a: '^1.0.0', c: '^1.0.0' }),
    'node_modules/c': entry('1.0.0'),
    'node_modules/@s/d': entry('1.0.0', { c: '^1.0.0' }),
    'node_modules/e': entry('1.0.0', { f: '1' }),
    'node_modules/unused': entry('1.0.0'),
    'node_modules/g': { version: '1.0.0' },
  },
};

describe('what a build needs', () => {
  test('is the roots and what they depend on, each found as Node finds it', () => {
    expect(vendoredPackages(lock, ['a']).map(({ path, name, version }) => [path, name, version])).toEqual([
      ['node_modules/@s/d', '@s/d', '1.0.0'],
      ['node_modules/a', 'a', '1.0.0'],
      ['node_modules/a/node_modules/c', 'c', '2.0.0'],
      ['node_modules/b', 'b', '1.0.0'],
      ['node_modules/c', 'c', '1.0.0'],
    ]);
  });

  test.each([
    ['e', 'package-lock.json has no package f'],
    ['nothing', 'package-lock.json has no package nothing'],
    ['g', 'package-lock.json has no version and integrity of node_modules/g'],
  ])('fails for %s, naming what is missing', (name, message) => {
    expect(() => vendoredPackages(lock, [name])).toThrow(message);
  });

  test('is pinned by the lock file, both runtimes included', async () => {
    const text = await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8');
    const packages = vendoredPackages(JSON.parse(text) as Lock, [
      '@oven/bun-linux-x64',
      '@oven/bun-linux-aarch64',
    ]);
    expect(packages.map(({ name }) => name)).toEqual(['@oven/bun-linux-aarch64', '@oven/bun-linux-x64']);
    expect(new Set(packages.map(({ version }) => version)).size).toBe(1);
  });
});

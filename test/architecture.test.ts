import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const source = resolve(import.meta.dirname, '../src');

/** Who may import whom; `package`: anything that is not a file of ours and not Node's own. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  main: ['core', 'ports', 'agent', 'ocf', 'adapters', 'cli', 'main', 'node', 'package.json'],
  cli: ['agent', 'ocf', 'ports', 'core', 'cli', 'package'],
  agent: ['ports', 'core', 'agent'],
  adapters: ['ports', 'core', 'adapters', 'node', 'package'],
  ocf: ['core', 'ocf'],
  ports: ['core', 'ports'],
  core: ['core'],
};

/** An address library instead of own arithmetic: the one package that decisions may use, behind one file. */
const exceptions: readonly string[] = ['core/address.ts -> package'];

interface Import {
  readonly from: string;
  readonly to: string;
}

/** The layer of a file below `src`: its folder, or `main` for the composition root. */
function layerOf(path: string): string {
  const [folder = '', ...rest] = path.split('/');
  return rest.length > 0 ? folder : 'main';
}

function importsOf(path: string, text: string): readonly Import[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier = '']) => {
    if (specifier.startsWith('node:')) return { from: path, to: 'node' };
    if (!specifier.startsWith('.')) return { from: path, to: 'package' };
    const target = relative(source, join(source, dirname(path), specifier));
    return { from: path, to: target === '../package.json' ? 'package.json' : target };
  });
}

function violations(imports: readonly Import[]): readonly string[] {
  return imports
    .filter(({ from, to }) => {
      const layer = to.includes('/') || to.endsWith('.ts') ? layerOf(to) : to;
      return !(allowed[layerOf(from)] ?? []).includes(layer) && !exceptions.includes(`${from} -> ${layer}`);
    })
    .map(({ from, to }) => `${from} -> ${to}`);
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.ts'),
);
const imports = files.flatMap((path) => importsOf(path, readFileSync(join(source, path), 'utf8')));

test('sees the source and its imports', () => {
  expect(files.length).toBeGreaterThan(40);
  expect(imports.length).toBeGreaterThan(150);
});

test('imports go one way', () => {
  expect(violations(imports)).toEqual([]);
});

test.each([
  ['core/plan.ts', "import { start } from '../agent/start.ts';"],
  ['core/plan.ts', "import { readFileSync } from 'node:fs';"],
  ['core/plan.ts', "import yargs from 'yargs';"],
  ['agent/start.ts', "const ec2 = await import('../adapters/ec2.ts');"],
  ['ocf/outcome.ts', "import type { Ports } from '../ports/agent.ts';"],
  ['adapters/ec2.ts', "import { start } from '../agent/start.ts';"],
  ['main.ts', "import { startSandbox } from '../test/sandbox/sandbox.ts';"],
])('notices a planted violation in %s: %s', (path, text) => {
  expect(violations(importsOf(path, text))).toHaveLength(1);
});

test('programs are run in three places, and a shell parses no command', () => {
  const texts = files.map((path) => ({ path, text: readFileSync(join(source, path), 'utf8') }));
  const runs = texts.filter(({ text }) =>
    /child_process|Bun\.|\bexec(?:Sync|File)?\(/.test(text.replace(/\.exec\(/g, '')),
  );
  expect(runs.map(({ path }) => path).toSorted()).toEqual([
    'adapters/neighbours/tell.ts',
    'adapters/run.ts',
    'adapters/syslog.ts',
  ]);
  expect(texts.filter(({ text }) => /shell:/.test(text))).toEqual([]);
});

test.each([
  ['Runtime dependencies,', packageJson.dependencies],
  ['Development dependencies,', packageJson.devDependencies],
])('the README has a reason for each of the %s and for no other', (heading, dependencies) => {
  const readme = readFileSync(join(source, '../README.md'), 'utf8');
  const [table = ''] = readme.slice(readme.indexOf(heading)).split(/\n\n(?!\|)/);
  const rows = [...table.matchAll(/^\| (`.+`) \| \w/gm)].map(([, names = '']) => names);
  const named = rows.flatMap((names) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(named.toSorted()).toEqual(Object.keys(dependencies).toSorted());
});

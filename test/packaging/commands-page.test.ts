import { readdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { commandsPage } from '../../packaging/commands-page.ts';
import { commands } from '../../src/cli/commands.ts';

const root = new URL('../../', import.meta.url);
const page = commandsPage(packageJson.version);
const { stdout, stderr } = await execa('groff', ['-man', '-ww', '-Tascii', '-P-cbou', '-rLL=500n'], {
  input: page,
});

test('the committed page is made from the tables (npm run generate)', async () => {
  expect(await readFile(new URL('packaging/aws-eni.8', root), 'utf8')).toBe(page);
});

test('groff has no warning', () => {
  expect(stderr).toBe('');
});

test.each(commands.map((command) => [command.name, command] as const))(
  'it has all of %s',
  (_name, command) => {
    const text = stdout.replaceAll(/\s+/g, ' ');
    expect(text).toContain(command.about.replaceAll(/\s+/g, ' '));
    for (const option of Object.keys(command.options)) expect(text).toContain(`--${option}`);
    for (const [path, meaning] of command.json) expect(text).toContain(`${path} ${meaning}.`);
    for (const [line] of command.examples) expect(text).toContain(line);
  },
);

test('it says what sudo would give to others', () => {
  const text = stdout.replaceAll(/\s+/g, ' ');
  expect(text).toContain('do not give it to others by sudo');
  expect(text).toContain('whoever may call it as root can do there what root can');
});

test('it has the variables of the environment that commands read', async () => {
  const source = new URL('src/', root);
  const files = (await readdir(source, { recursive: true })).filter((name) =>
    /^(?:cli|adapters\/operator)\/.*\.ts$/.test(name),
  );
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, source), 'utf8')));
  const names = texts.flatMap((text) => [...text.matchAll(/\benv\['(\w+)'\]/g)].map(([, name = '']) => name));
  expect(names).toContain('NO_COLOR');
  expect(names.filter((name) => !stdout.includes(name))).toEqual([]);
});

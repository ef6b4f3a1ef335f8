import { readdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { agentPage } from '../../packaging/agent-page.ts';
import { roff } from '../../packaging/roff.ts';
import { advisedActions } from '../../src/ocf/advised-actions.ts';
import { parameterNames, parameters } from '../../src/ocf/parameters.ts';

const root = new URL('../../', import.meta.url);
const example = await readFile(new URL('ocf/examples/two-nodes.crm', root), 'utf8');
const page = agentPage({ version: packageJson.version, example });

async function rendered(source: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  // Without the escapes for bold, and in one column as wide as it likes.
  const options = ['-man', '-ww', '-Tascii', '-P-cbou', '-rLL=500n'];
  return execa('groff', options, { input: source, reject: false });
}

test('the committed page is made from the tables (npm run generate)', async () => {
  expect(await readFile(new URL('packaging/ocf_custom_aws-eni.7', root), 'utf8')).toBe(page);
});

test('groff has no warning, and shows each parameter with its default and what it means', async () => {
  const { stdout, stderr } = await rendered(page);
  expect(stderr).toBe('');
  const text = stdout.replaceAll(/\s+/g, ' ');
  for (const name of parameterNames) {
    const { default: value, type, long } = parameters[name];
    const traits = `(${type}, ${value === undefined ? 'no default' : `default ${value}`},`;
    expect(text).toContain(` ${name} ${long} ${traits}`);
  }
  expect(text).toContain('crm configure primitive service-eni ocf:custom:aws-eni \\ params eni_id=');
});

test('it has each action, and each time and check level that is advised for it', async () => {
  const { stdout } = await rendered(page);
  for (const [name, { timeoutMs, intervalMs, depth }] of advisedActions) {
    const interval = intervalMs === undefined ? '' : `, interval ${intervalMs / 1_000}s`;
    const level = depth === undefined ? '' : `, OCF_CHECK_LEVEL ${depth}`;
    const [, entry = ''] = stdout.split(new RegExp(`^ +${name}(?= |$)`, 'm'));
    expect(entry.split('\n\n')[0]).toContain(`timeout ${timeoutMs / 1_000}s${interval}${level}`);
  }
});

test('it has every variable of the environment that the agent reads', async () => {
  const { stdout } = await rendered(page);
  const source = new URL('src/', root);
  // What commands for people read is in a page of its own.
  const files = (await readdir(source, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !/^(?:cli|adapters\/operator)\//.test(name),
  );
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, source), 'utf8')));
  // What is set or deleted is not read.
  const names = texts.flatMap((text) =>
    [...text.matchAll(/(?<!delete process\.)\benv\['(\w+)'\](?! = )/g)].map(([, name = '']) => name),
  );
  expect(names.length).toBeGreaterThan(8);
  expect(names.filter((name) => !stdout.includes(name))).toEqual([]);
});

test('no name is broken at the end of a line', async () => {
  const { stdout } = await execa('groff', ['-man', '-Tascii', '-P-cbou', '-rLL=50n'], { input: page });
  for (const name of ['AWS_ENDPOINT_URL_EC2', 'OCF_RESKEY_CRM_meta_timeout']) expect(stdout).toContain(name);
  expect(stdout).not.toMatch(/[a-z]-$/m);
});

test('a mistake in a page would be noticed', async () => {
  expect((await rendered(`${page}.NOSUCH request\n`)).stderr).toMatch(/NOSUCH/);
});

test('text is text, whatever roff would take it for', async () => {
  const text = ".TH no request\n'no request either\n\\fBno escape --with-hyphens";
  const { stdout, stderr } = await rendered(`.TH X 7\n.SH NAME\n.nf\n${roff(text)}\n.fi\n`);
  expect(stderr).toBe('');
  for (const line of text.split('\n')) expect(stdout).toContain(line);
});

test('an example without the agent is refused', () => {
  expect(() => agentPage({ version: '1', example: 'primitive x ocf:heartbeat:Dummy' })).toThrow(
    'no primitive',
  );
});

import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { agentPage } from '../../packaging/agent-page.ts';
import { roff } from '../../packaging/roff.ts';
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

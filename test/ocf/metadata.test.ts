import { execa } from 'execa';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { metadata } from '../../src/ocf/metadata.ts';

const xml = metadata(packageJson.version);

/** Debian's package pcs has the schema of OCF 1.1, resource-agents the DTD of before, which ocf-tester uses. */
const schemas = {
  'OCF 1.1 RNG': ['--relaxng', '/usr/share/pcs/data/ocf-1.1.rng', '--path', '/usr/share/resource-agents'],
  'older DTD': ['--valid', '--path', '/usr/share/resource-agents'],
} as const;

test.each(Object.entries(schemas))('is valid by the %s', async (_, args) => {
  const { exitCode, stderr } = await execa('xmllint', ['--noout', ...args, '-'], {
    input: xml,
    reject: false,
  });
  expect({ exitCode, stderr: stderr.replace('- validates', '').trim() }).toEqual({ exitCode: 0, stderr: '' });
});

test.each(Object.entries(schemas))('what is wrong is noticed by the %s', async (_, args) => {
  const wrong = xml.replace('<content type="integer"', '<content type="number"');
  const { exitCode } = await execa('xmllint', ['--noout', ...args, '-'], { input: wrong, reject: false });
  expect(exitCode).not.toBe(0);
});

test('declares no encoding: crmsh reads it as text, and its parser refuses text that says how it was encoded', () => {
  expect(xml).toMatch(/^<\?xml version="1\.0"\?>\n/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what needs no encoding
  expect(xml).toMatch(/^[\x00-\x7f]*$/);
});

test('the committed meta-data is what the tables give (npm run generate)', async () => {
  await expect(xml).toMatchFileSnapshot('../../ocf/metadata.xml');
});

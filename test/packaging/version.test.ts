import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const packaging = new URL('../../packaging/', import.meta.url);
const read = (name: string): Promise<string> => readFile(new URL(name, packaging), 'utf8');

test('the spec has the version of package.json', async () => {
  const [, version] = /^Version: +(\S+)$/m.exec(await read('aws-eni.spec')) ?? [];
  expect(version).toBe(packageJson.version);
});

test('the newest entry of the changes is about it', async () => {
  const [, newest] = (await read('aws-eni.changes')).split(/^-{20,}\n/m);
  expect(newest).toContain(`\n- Version ${packageJson.version}\n`);
});

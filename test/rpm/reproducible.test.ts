import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { buildPackages, copyOfProject } from './copy-of-project.ts';
import { inScratchDirectory, projectRoot } from './packages.ts';

test('the same commit in another directory gives the same packages and sources, byte for byte', {
  timeout: 300_000,
}, async () => {
  await inScratchDirectory(async (scratch) => {
    const directory = `${scratch}/a-directory-with-a-longer-name/and another`;
    await copyOfProject(directory);
    await buildPackages(directory);
    const built = await digests(`${projectRoot}/dist/rpm`);
    // Two packages, the source package, and its five files.
    expect(Object.keys(built)).toHaveLength(8);
    expect(await digests(`${directory}/dist/rpm`)).toEqual(built);
  });
});

async function digests(directory: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const pairs = files.map(async ({ name, parentPath }) => {
    const content = await readFile(`${parentPath}/${name}`);
    return [name, createHash('sha256').update(content).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

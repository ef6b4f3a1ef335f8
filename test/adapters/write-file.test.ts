import { chown, link, mkdir, mkdtemp, writeFile as put, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFile } from '../../src/adapters/operator/write-file.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aws-eni-write-'));
  path = join(directory, 'durations.svg');
});
afterEach(() => rm(directory, { recursive: true }));

test('writes a new file, with the modes that the umask leaves', async () => {
  const umask = process.umask(0o027);
  try {
    await writeFile(path, 'new');
  } finally {
    process.umask(umask);
  }
  expect(await readFile(path, 'utf8')).toBe('new');
  expect((await stat(path)).mode & 0o777).toBe(0o640);
});

test('overwrites a plain file of one’s own, all of it', async () => {
  await put(path, 'something longer than what comes');
  await writeFile(path, 'new');
  expect(await readFile(path, 'utf8')).toBe('new');
});

test.each<[string, (precious: string) => Promise<unknown>, RegExp]>([
  ['a link', (precious) => symlink(precious, path), /ELOOP/],
  ['a second name of a file', (precious) => link(precious, path), /it has another name as well/],
  ['a directory', () => mkdir(path), /EISDIR/],
  [
    'a file of another user',
    async () => {
      await put(path, 'theirs');
      await chown(path, 65_534, 65_534);
    },
    /it is another user's/,
  ],
])('refuses %s, and changes nothing', async (_, place, why) => {
  const precious = join(directory, 'precious');
  await put(precious, 'precious');
  await place(precious);
  await expect(writeFile(path, 'new')).rejects.toThrow(why);
  await expect(writeFile(path, 'new')).rejects.toMatchObject({
    kind: 'node',
    message: expect.stringMatching(/^could not write .*; choose another file$/),
  });
  expect(await readFile(precious, 'utf8')).toBe('precious');
});

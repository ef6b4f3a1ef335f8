import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from './contents.ts';

const METAFILE = 'dist/metafile.json';
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aws-eni-contents-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

const WITHOUT_NETWORK = ['unshare', '--net'];

function describeContents(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const [command = '', ...rest] = [...WITHOUT_NETWORK, 'bun', 'packaging/describe-contents.ts', ...args];
  return execa(command, rest, { cwd: root, env, preferLocal: true, reject: false, timeout: 60_000 });
}

async function described(name: string, env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { exitCode, stderr } = await describeContents([METAFILE, 'x86_64', join(directory, name)], env);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  const files = (await readdir(join(directory, name))).sort();
  expect(files).toEqual(['THIRD-PARTY-LICENSES', 'aws-eni.cdx.json']);
  return Promise.all(files.map((file) => readFile(join(directory, name, file), 'utf8')));
}

describe('the program', { timeout: 120_000 }, () => {
  test('writes the same twice, of the time that it is given', async () => {
    const first = await described('first', { SOURCE_DATE_EPOCH: '1700000000' });
    expect(await described('second', { SOURCE_DATE_EPOCH: '1700000000' })).toEqual(first);
    expect(first[1]).toContain('"timestamp": "2023-11-14T22:13:20.000Z"');
  });

  test('takes the time of the last commit when it is given none', async () => {
    const { stdout } = await execa('git', ['log', '-1', '--format=%ct'], { cwd: root });
    const [, bill] = await described('of-commit', {});
    expect(bill).toContain(`"timestamp": "${new Date(Number(stdout) * 1000).toISOString()}"`);
  });

  test.each([
    [
      'a time that is none',
      [METAFILE, 'x86_64'],
      { SOURCE_DATE_EPOCH: 'today' },
      "SOURCE_DATE_EPOCH is 'today'",
    ],
    [
      'neither a time nor a commit',
      [METAFILE, 'x86_64'],
      { GIT_DIR: '/nowhere' },
      'there is no SOURCE_DATE_EPOCH',
    ],
    ['an architecture that is none', [METAFILE, 'x64'], {}, 'usage:'],
    ['no metafile', ['dist/none.json', 'x86_64'], { SOURCE_DATE_EPOCH: '0' }, 'dist/none.json'],
  ])('says what is wrong with %s', async (_, args, env, message) => {
    const { exitCode, stderr } = await describeContents([...args, join(directory, 'refused')], env);
    expect(stderr).toContain(message);
    expect(exitCode).not.toBe(0);
    expect(await readdir(directory)).not.toContain('refused');
  });
});

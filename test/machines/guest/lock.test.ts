import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { locked } from './lock.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aws-eni-lock-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('of several that want it one works at a time', async () => {
  const file = join(directory, 'several');
  let working = 0;
  const most: number[] = [];
  const work = async (): Promise<void> => {
    working += 1;
    most.push(working);
    await new Promise((resolve) => setTimeout(resolve, 20));
    working -= 1;
  };
  await Promise.all(Array.from({ length: 5 }, () => locked(file, work)));
  expect(most).toEqual([1, 1, 1, 1, 1]);
});

test('it is free again after work that failed', async () => {
  const file = join(directory, 'failed');
  await expect(locked(file, () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
  expect(await locked(file, async () => 'done')).toBe('done');
});

test('what cannot be locked is told', async () => {
  const file = join(directory, 'none', 'file');
  await expect(locked(file, async () => 'done')).rejects.toThrow(`no lock on ${file}`);
  expect(existsSync(file)).toBe(false);
});

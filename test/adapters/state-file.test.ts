import { chown, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createStateStore } from '../../src/adapters/state-file.ts';
import type { State, StateStore } from '../../src/ports/agent.ts';
import { here, service } from '../fixtures/world.ts';

const state: State = {
  service,
  instanceId: here,
  region: 'eu-central-1',
  network: { routingTableId: 100, rulePriority: 100, ruleSources: ['10.2.0.10/32'] },
};

let directory: string;
let store: StateStore;
let warnings: string[];
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aws-eni-state-'));
  warnings = [];
  const ignore = (): void => undefined;
  store = createStateStore(directory, 'vip/1', {
    tell: ignore,
    debug: ignore,
    info: ignore,
    warn: (words) => void warnings.push(words),
  });
  await store.write(state);
  path = join(directory, (await readdir(directory))[0] ?? '');
});
afterEach(() => rm(directory, { recursive: true }));

test('gives back what it was given', async () => {
  expect(await store.read()).toMatchObject(state);
  expect((await stat(path)).mode & 0o777).toBe(0o644);
});

test('is gone when removed, also twice', async () => {
  await store.remove();
  await store.remove();
  expect(await store.read()).toBeUndefined();
  expect(await readdir(directory)).toEqual([]);
  expect(warnings).toEqual([]);
});

describe('ignores, and says so', () => {
  const damage: Readonly<Record<string, () => Promise<void>>> = {
    'a file that is cut off': async () => writeFile(path, (await readFile(path, 'utf8')).slice(0, 100)),
    'one of another version': async () =>
      writeFile(path, (await readFile(path, 'utf8')).replace('"version": 1', '"version": 2')),
    'one of another boot': async () =>
      writeFile(path, (await readFile(path, 'utf8')).replace(/"bootId": "./, '"bootId": "x')),
    'one of another shape': async () =>
      writeFile(path, (await readFile(path, 'utf8')).replace('"addresses"', '"adresses"')),
    'a link that someone placed': async () => {
      await rename(path, join(directory, 'elsewhere'));
      await symlink(join(directory, 'elsewhere'), path);
    },
    'a file of another user': () => chown(path, 65_534, 65_534),
  };
  test.each(Object.keys(damage))('%s', async (name) => {
    await damage[name]?.();
    expect(await store.read()).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });
});

test('replaces a link that someone placed, instead of writing where it leads', async () => {
  const elsewhere = join(directory, 'elsewhere');
  await writeFile(elsewhere, 'not ours');
  await rm(path);
  await symlink(elsewhere, path);
  await store.write(state);
  expect(await readFile(elsewhere, 'utf8')).toBe('not ours');
  expect(await store.read()).toMatchObject(state);
});

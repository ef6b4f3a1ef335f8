import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDetachRecord } from '../../src/adapters/detach-record.ts';
import type { Detaching, DetachRecord } from '../../src/ports/agent.ts';

const detaching: Detaching = { attachmentId: 'eni-attach-0000000000000001', sinceMs: 2_000, forced: false };

let directory: string;
let warnings: string[];

/** The record as a process has it whose clock shows `nowMs`. */
function recordAt(nowMs: number): DetachRecord {
  const ignore = (): void => undefined;
  return createDetachRecord(directory, 'vip/1', () => nowMs, {
    tell: ignore,
    debug: ignore,
    info: ignore,
    warn: (words) => void warnings.push(words),
  });
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aws-eni-detach-'));
  warnings = [];
});
afterEach(() => rm(directory, { recursive: true }));

const pathOf = async (): Promise<string> => join(directory, (await readdir(directory))[0] ?? '');

test('another process finds the detach as old as it is, by its own clock', async () => {
  await recordAt(9_000).write(detaching);
  const found = await recordAt(100).read();
  expect(found).toMatchObject({ attachmentId: detaching.attachmentId, forced: false });
  // 7 s before its own 100 ms, and the moment in between.
  expect(found?.sinceMs).toBeLessThanOrEqual(100 - 7_000 + 20);
  expect(found?.sinceMs).toBeGreaterThan(100 - 7_000 - 60_000);
  expect((await stat(await pathOf())).mode & 0o777).toBe(0o644);
});

test('there is none before the first and after the last, and that is no warning', async () => {
  expect(await recordAt(0).read()).toBeUndefined();
  await recordAt(0).write(detaching);
  await recordAt(0).remove();
  await recordAt(0).remove();
  expect(await recordAt(0).read()).toBeUndefined();
  expect([await readdir(directory), warnings]).toEqual([[], []]);
});

describe('ignores, and says so', () => {
  const spoil = async (spoilt: (text: string) => string): Promise<void> =>
    writeFile(await pathOf(), spoilt(await readFile(await pathOf(), 'utf8')));
  test.each<[string, (text: string) => string]>([
    ['one that is cut off', (text) => text.slice(0, 60)],
    ['one of another version', (text) => text.replace('"version": 1', '"version": 2')],
    ['one of another boot', (text) => text.replace(/"bootId": "./, '"bootId": "x')],
    ['one of the future', (text) => text.replace(/"sinceUptimeMs": \d+/, '"sinceUptimeMs": 1e15')],
    ['one without a time', (text) => text.replace(/"sinceUptimeMs": \d+/, '"sinceUptimeMs": null')],
    ['another id', (text) => text.replace('eni-attach-', 'eni attach ')],
    ['a text where it says whether it was by force', (text) => text.replace('false', '"false"')],
  ])('%s', async (_, spoilt) => {
    await recordAt(3_000).write(detaching);
    await spoil(spoilt);
    expect(await recordAt(3_000).read()).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('it is ignored')]);
  });
});

test('one that can’t be written is a warning with what is lost by it', async () => {
  const parent = directory;
  directory = join(parent, 'no-directory');
  await writeFile(directory, '');
  await recordAt(3_000).write(detaching);
  expect(warnings).toEqual([expect.stringMatching(/can't be kept .+ counts its time anew/)]);
  directory = parent;
});

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TOOL_LIMIT_MS } from './run-tool.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** How the name of what is not finished begins. */
export const UNFINISHED = 'unfinished-';

/** Where what costs minutes to make is kept: outside of the clone, for it is the same for each. */
export function keptUnder(kind: string): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'aws-eni', kind);
}

/** A name for what is made of these files. */
export function nameOfContents(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    hash.update(`${relative(PROJECT, path)}\0`);
    hash.update(readFileSync(path));
    hash.update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Has `directory` made, unless it is there. It never is there unfinished. Of the others beside it, those used last are kept.
 * @param make makes it in a directory of another name
 */
export async function keepDirectory(
  directory: string,
  othersKept: number,
  make: (unfinished: string) => Promise<void>,
): Promise<void> {
  const parent = join(directory, '..');
  if (!existsSync(directory)) {
    await mkdir(parent, { recursive: true });
    const unfinished = await mkdtemp(join(parent, UNFINISHED));
    try {
      await make(unfinished);
      await rename(unfinished, directory);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      // Somebody else may have made the same meanwhile.
      if (!existsSync(directory)) throw error;
    }
  }
  const now = new Date();
  await utimes(directory, now, now);
  await removeOthers(parent, directory, othersKept);
  await removeUnfinished(directory);
}

async function removeOthers(parent: string, current: string, kept: number): Promise<void> {
  await removeUnfinished(parent);
  const others: { readonly path: string; readonly usedMs: number }[] = [];
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (path !== current && !name.startsWith(UNFINISHED)) others.push({ path, usedMs: await lastUsed(path) });
  }
  const inOrder = others.toSorted((one, other) => other.usedMs - one.usedMs);
  for (const { path } of inOrder.slice(kept)) await rm(path, { recursive: true, force: true });
}

/** What is made in a directory has no other name as long as it is made; what was killed meanwhile is never finished. */
async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const isLeft = name.startsWith(UNFINISHED) && Date.now() - (await lastUsed(path)) > 2 * TOOL_LIMIT_MS;
    if (isLeft) await rm(path, { recursive: true, force: true });
  }
}

async function lastUsed(path: string): Promise<number> {
  return (await stat(path)).mtimeMs;
}

import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** For daemons and people who are not root, whatever Pacemaker's umask. */
const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;

/**
 * Puts `text` at `path`, in a directory that only root can write to, which is made where it is missing. All of it is there or
 * nothing, also on a full file system.
 */
export function replaceFile(path: string, text: string): void {
  const directory = dirname(path);
  if (mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE }) !== undefined) {
    chmodSync(directory, DIRECTORY_MODE);
  }
  const fresh = freshPathOf(path);
  try {
    writeFileSync(fresh, text);
    chmodSync(fresh, FILE_MODE);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** Where a text is until all of it is there; one that was killed leaves it. */
export function freshPathOf(path: string): string {
  return `${path}.new`;
}

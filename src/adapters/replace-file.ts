import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { clearTheWay } from './own-file.ts';

/** For daemons, monitoring tools and people who are not root, whatever Pacemaker's umask; none of it holds a secret. */
const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;

/**
 * Puts `text` at `path`, in a directory that is made where it is missing. The old text or all of the new one is there at any
 * moment, also on a full file system. Follows no link, at `path` or where the text is meanwhile, and moves a directory aside.
 */
export function replaceFile(path: string, text: string, directoryMode = DIRECTORY_MODE): void {
  fs.mkdirSync(dirname(path), { recursive: true, mode: directoryMode });
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = fs.constants;
  const fresh = freshPathOf(path);
  clearTheWay(fresh);
  const fd = fs.openSync(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
  try {
    try {
      fs.fchmodSync(fd, FILE_MODE);
      fs.writeFileSync(fd, text);
    } finally {
      fs.closeSync(fd);
    }
    // All but a directory is replaced by the rename.
    if (fs.lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) clearTheWay(path);
    fs.renameSync(fresh, path);
  } catch (error) {
    clearTheWay(fresh);
    throw error;
  }
}

/** Where a text is until all of it is there; one that was killed leaves it. */
export function freshPathOf(path: string): string {
  return `${path}.new`;
}

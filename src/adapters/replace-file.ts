import * as fs from 'node:fs';
import { dirname } from 'node:path';

/** For daemons and people who are not root, whatever Pacemaker's umask. */
const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;

/**
 * Puts `text` at `path`, in a directory that only root can write to, which is made where it is missing. All of it is there or
 * nothing, also on a full file system. Follows no link, at `path` or where the text is meanwhile.
 */
export function replaceFile(path: string, text: string): void {
  fs.mkdirSync(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = fs.constants;
  const fresh = freshPathOf(path);
  fs.rmSync(fresh, { force: true });
  const fd = fs.openSync(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
  try {
    try {
      fs.fchmodSync(fd, FILE_MODE);
      fs.writeFileSync(fd, text);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(fresh, path);
  } catch (error) {
    fs.rmSync(fresh, { force: true });
    throw error;
  }
}

/** Where a text is until all of it is there; one that was killed leaves it. */
export function freshPathOf(path: string): string {
  return `${path}.new`;
}

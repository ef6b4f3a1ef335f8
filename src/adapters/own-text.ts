import * as fs from 'node:fs';
import type { Log } from '../ports/agent.ts';
import { clearTheWay, openOwn } from './own-file.ts';
import { freshPathOf, replaceFile } from './replace-file.ts';

/** As resource-agents make it: all may put files there, nobody may touch another's. */
const DIRECTORY_MODE = 0o1755;

/**
 * The text at `path`; `undefined`: there is none, or none that can be had, which `log` is told. Follows no link and believes
 * no file of another user: the directory may be everybody's.
 */
export function readOwn(path: string, log: Pick<Log, 'warn'>): string | undefined {
  try {
    const fd = openOwn(path, fs.constants.O_RDONLY);
    if (fd === undefined) {
      log.warn(`${path} is not root's or no plain file; it is ignored`);
      return undefined;
    }
    try {
      return fs.readFileSync(fd, 'utf8');
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    log.warn(`could not read ${path} (${code}); it is ignored`);
    return undefined;
  }
}

/** Puts `text` at `path`, whose directory is made where it is missing. The old text or the new one is there at any moment. */
export function replaceOwn(path: string, text: string): void {
  replaceFile(path, text, DIRECTORY_MODE);
}

/** With what one that was killed while it wrote has left. */
export function removeOwn(path: string): void {
  clearTheWay(path);
  clearTheWay(freshPathOf(path));
}

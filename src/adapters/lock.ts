import { constants, mkdirSync, openSync } from 'node:fs';
import { AgentError } from '../core/failure.ts';
import type { Lock } from '../ports.ts';
import { run } from './run.ts';

/** flock(1): another process holds the lock and the time to wait is over. Source: its manual page, "-E". */
const HELD = 1;

/**
 * A lock that the kernel releases when this process ends, however it ends: flock(1) locks the open file that it
 * shares with us.
 */
export function createLock(directory: string, resource: string, remainingMs: () => number): Lock {
  const path = `${directory}/aws-eni-${encodeURIComponent(resource).slice(0, 200)}.lock`;
  return {
    acquire: async () => {
      const fd = openLockFile(directory, path);
      const waitMs = remainingMs();
      const { exitCode, stderr } = run('flock', ['--exclusive', '--wait', (waitMs / 1000).toFixed(2), '3'], {
        timeoutMs: waitMs + 1_000,
        shareFd: fd,
      });
      if (exitCode === 0) return;
      const why = exitCode === HELD ? 'another action on this resource still holds it' : stderr.trim();
      throw new AgentError(
        'transient',
        `could not get the lock ${path}: ${why}; see which aws-eni process runs`,
      );
    },
  };
}

/** The descriptor stays open, and so the lock held, until the process ends. */
function openLockFile(directory: string, path: string): number {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o1755 });
    return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    throw new AgentError(
      'transient',
      `could not open the lock file ${path}: ${String(error)}; check the file system`,
      { cause: error },
    );
  }
}

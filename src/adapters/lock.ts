import { closeSync, constants, mkdirSync, statSync } from 'node:fs';
import { AgentError, asAgentError } from '../core/failure.ts';
import type { Lock, Log } from '../ports/agent.ts';
import { clearTheWay, isStillAt, openOwn, ownPath } from './own-file.ts';
import { runDirectly } from './run.ts';

/** flock(1): another process holds the lock and the time to wait is over. Source: its manual page, "-E". */
const HELD = 1;

/** flock(1) tells within milliseconds whether a lock is free; one that does not is as good as none. */
const ANSWER_MS = 2_000;

/** Kept back from the wait, so that flock(1) itself says that the time is over. */
const WAIT_RESERVE_MS = 50;

/** A file that is replaced under our eyes as often as this is somebody's attack. */
const TRIES = 5;

/**
 * A lock that the kernel releases when this process ends, however it ends: flock(1) locks the open file that it
 * shares with us. The file is root's: nobody else can open it, and so nobody else can keep it locked.
 */
export function createLock(directory: string, resource: string, remainingMs: () => number, log: Log): Lock {
  const path = ownPath(directory, resource, 'lock');
  const unusable = (why: string, error?: unknown): AgentError => {
    const kind = error instanceof AgentError ? error.kind : 'transient';
    return new AgentError(kind, `could not use the lock ${path}: ${why}`, { cause: error });
  };
  const flock = (fd: number, how: readonly string[], timeoutMs: number): number => {
    // Its exit code is its answer, and it does not change its domain under SELinux; one that did would lose the file too.
    const { exitCode, stderr } = runDirectly('flock', ['--exclusive', ...how, '3'], {
      timeoutMs,
      shareFd: fd,
    });
    if (exitCode !== 0 && exitCode !== HELD)
      throw unusable(`flock says "${stderr.trim()}"; check the file system`);
    return exitCode;
  };
  /** Whether it is ours now. Asked first, and waited for only where it is held: a flock that hangs is told from both. */
  const obtain = (fd: number): boolean => {
    if (flock(fd, ['--nonblock'], Math.min(ANSWER_MS, remainingMs() / 4)) === 0) return true;
    const waitMs = Math.max(0, remainingMs() - WAIT_RESERVE_MS);
    return flock(fd, ['--wait', (waitMs / 1_000).toFixed(2)], remainingMs()) === 0;
  };
  return {
    acquire: async () => {
      try {
        for (let attempt = 1; attempt <= TRIES; attempt += 1) {
          const fd = openLockFile(directory, path, log);
          if (!obtain(fd)) throw new Held(path);
          // Locked, but no longer the file that others would lock: someone replaced it meanwhile.
          if (isStillAt(path, fd)) return undefined;
          closeSync(fd);
        }
        return unusable('somebody replaces it again and again; find out who writes to that directory');
      } catch (error) {
        if (error instanceof Held) throw error;
        return unusable(asAgentError(error).message, error);
      }
    },
  };
}

class Held extends AgentError {
  constructor(path: string) {
    super(
      'transient',
      `could not get the lock ${path}: another action on this resource still holds it; see which aws-eni process runs`,
    );
  }
}

/**
 * The descriptor stays open, and so the lock held, until the process ends. Open for reading, which is enough to lock
 * and works on a read-only file system too.
 * @throws {Error} with the file system's reason
 */
function openLockFile(directory: string, path: string, log: Log): number {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o1755 });
    warnOfDirectory(directory, log);
    const open = (): number | undefined => openOwn(path, constants.O_RDONLY | constants.O_CREAT, 0o600);
    const fd = open();
    if (fd !== undefined) return fd;
    log.warn(`${path} is not root's or no plain file; it is replaced; find out who placed it`);
    clearTheWay(path);
    const second = open();
    if (second !== undefined) return second;
  } catch (error) {
    throw new AgentError('transient', `${messageOf(error)}; check that file system`, { cause: error });
  }
  throw new AgentError('transient', 'somebody places other files there; find out who');
}

/**
 * Only root can make the run directory a link or somebody else's, since what is above it is root's: so it is used as
 * it is. Whoever owns it can take the lock's file away, which the operator should know.
 */
function warnOfDirectory(directory: string, log: Log): void {
  const { uid, mode } = statSync(directory);
  const isEverybodys = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
  if ((uid === 0 || uid === process.getuid?.()) && !isEverybodys) return;
  log.warn(`others than root can remove files from ${directory}; 'chown root' and 'chmod 1755' it`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

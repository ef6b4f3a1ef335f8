import * as fs from 'node:fs';
import type { Journal } from '../ports/history.ts';
import { clearTheWay, openOwn, ownPath } from './own-file.ts';
import { bootId, startTicksOf } from './process-start.ts';

/** Unlike states it outlives a boot: it is looked at after a node was lost. */
export const HISTORY_DIRECTORY = '/var/lib/aws-eni/history';

/** Raised when the shape changes: a line of another version is passed over. */
export const HISTORY_VERSION = 1;

/** Some hundred actions. Two files of it are kept. */
const MAX_BYTES = 256 * 1024;

/** For monitoring tools and people who are not root; there is no secret in it. */
const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;

/**
 * Records that an action of a resource begins. A line now and one at its end, so that one that is killed has left its
 * first. Without fsync: a service must not wait for a disk, and what a lost node had not yet written is lost with it.
 * @param complain told of whatever goes wrong, which changes nothing for the action
 */
export function openJournal(resource: string, action: string, complain: (message: string) => void): Journal {
  const id = `${process.pid}.${startTicksOf('self') ?? 0}.${Date.now()}`;
  const write = (line: object): void => {
    try {
      append(
        ownPath(HISTORY_DIRECTORY, resource, 'jsonl'),
        JSON.stringify({ version: HISTORY_VERSION, id, ...line }),
      );
    } catch (error) {
      complain(`could not record this action in ${HISTORY_DIRECTORY}: ${String(error)}`);
    }
  };
  write({
    is: 'begun',
    at: new Date().toISOString(),
    resource,
    action,
    bootId: bootId(),
    pid: process.pid,
    startTicks: startTicksOf('self'),
  });
  return { end: (result) => write({ is: 'ended', ...result }) };
}

function append(path: string, line: string): void {
  makeDirectory();
  const { O_RDWR, O_CREAT, O_APPEND } = fs.constants;
  const fd = openOwn(path, O_RDWR | O_CREAT | O_APPEND, FILE_MODE);
  if (fd === undefined) throw new Error(`${path} is not root's or no plain file`);
  try {
    fs.fchmodSync(fd, FILE_MODE);
    const { size } = fs.fstatSync(fd);
    // What was cut off before must not swallow this line.
    fs.writeSync(fd, `${endsLine(fd, size) ? '' : '\n'}${line}\n`);
    if (size > MAX_BYTES) {
      const older = `${path}.1`;
      clearTheWay(older);
      fs.renameSync(path, older);
    }
  } finally {
    fs.closeSync(fd);
  }
}

function endsLine(fd: number, size: number): boolean {
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  fs.readSync(fd, last, 0, 1, size - 1);
  return last.toString() === '\n';
}

/** Readable for all, whatever Pacemaker's umask. */
function makeDirectory(): void {
  if (fs.mkdirSync(HISTORY_DIRECTORY, { recursive: true }) === undefined) return;
  for (const directory of [HISTORY_DIRECTORY, HISTORY_DIRECTORY.replace(/\/[^/]+$/, '')]) {
    fs.chmodSync(directory, DIRECTORY_MODE);
  }
}

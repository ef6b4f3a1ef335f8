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
export function openJournal(resource: string, action: string, complain: Complain): Journal {
  const id = uniqueId();
  const path = ownPath(HISTORY_DIRECTORY, resource, 'jsonl');
  write(path, complain, {
    id,
    is: 'begun',
    at: new Date().toISOString(),
    resource,
    action,
    bootId: bootId(),
    pid: process.pid,
    startTicks: startTicksOf('self'),
  });
  return { end: (result) => write(path, complain, { id, is: 'ended', ...result }) };
}

/**
 * Records what monitor has put back, in a file beside that of starts and stops: as many as may come of them when somebody
 * takes it away again and again, they push none of those out.
 */
export function recordRepair(resource: string, missing: readonly string[], complain: Complain): void {
  const path = ownPath(HISTORY_DIRECTORY, resource, 'jsonl').replace(/\.jsonl$/, REPAIRS);
  write(path, complain, { id: uniqueId(), is: 'repaired', at: new Date().toISOString(), resource, missing });
}

/** No resource's own file ends so: a plus of its name is written otherwise. */
const REPAIRS = '+repairs.jsonl';

type Complain = (message: string) => void;

function uniqueId(): string {
  return `${process.pid}.${startTicksOf('self') ?? 0}.${Date.now()}`;
}

function write(path: string, complain: Complain, line: object): void {
  try {
    append(path, JSON.stringify({ version: HISTORY_VERSION, ...line }));
  } catch (error) {
    complain(`could not record this in ${HISTORY_DIRECTORY}: ${String(error)}`);
  }
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

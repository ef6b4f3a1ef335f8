import * as fs from 'node:fs';

const { O_NOFOLLOW, O_NONBLOCK } = fs.constants;

/** So that a file's name, with what is put around it, stays below the 255 bytes that file systems allow. */
const MAX_NAME_LENGTH = 200;

/** A file of a resource: one for each, whatever characters the resource's name has, and however many. */
export function ownPath(
  directory: string,
  resource: string,
  extension: 'json' | 'lock' | 'jsonl' | 'detach',
): string {
  return `${directory}/aws-eni-${fileNameOf(resource)}.${extension}`;
}

/** The resource's name as a part of a file's name. */
export function fileNameOf(resource: string): string {
  // By UTF-8: half of a surrogate pair has no percent-encoding.
  const name = encodeURIComponent(Buffer.from(resource).toString());
  return name.length <= MAX_NAME_LENGTH ? name : shortened(name);
}

/** Hashing is loaded here, for hardly any resource needs it. */
function shortened(name: string): string {
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256').update(name).digest('hex');
  return `${name.slice(0, MAX_NAME_LENGTH - hash.length)}${hash}`;
}

/**
 * Opens a file in a directory that may be everybody's. `undefined`: what is there is no plain file of root's (or ours),
 * but someone else's file, a link, a directory, a FIFO or a device. Follows no link, waits for nobody.
 * @throws {NodeJS.ErrnoException} for all other reasons, ENOENT among them
 */
export function openOwn(path: string, flags: number, mode?: number): number | undefined {
  let fd: number;
  try {
    fd = fs.openSync(path, flags | O_NOFOLLOW | O_NONBLOCK, mode);
  } catch (error) {
    if (isForeign(path)) return undefined;
    throw error;
  }
  if (isOwn(fs.fstatSync(fd))) return fd;
  fs.closeSync(fd);
  return undefined;
}

/** Whatever is at `path` is there no more. A directory that someone placed there is moved aside with all that is in it. */
export function clearTheWay(path: string): void {
  const stat = lookAt(path);
  if (stat === undefined) return;
  try {
    if (stat.isDirectory()) fs.renameSync(path, `${path}.not-ours.${process.pid}.${Date.now()}`);
    else fs.unlinkSync(path);
  } catch (error) {
    // Somebody else may have cleared it meanwhile.
    if (lookAt(path) !== undefined) throw error;
  }
}

/** Whether the open file is the one at `path`, and not one that was there before. */
export function isStillAt(path: string, fd: number): boolean {
  const [there, open] = [lookAt(path), fs.fstatSync(fd)];
  return there !== undefined && there.ino === open.ino && there.dev === open.dev;
}

function isForeign(path: string): boolean {
  const stat = lookAt(path);
  return stat !== undefined && !isOwn(stat);
}

function isOwn(stat: fs.Stats): boolean {
  return stat.isFile() && (stat.uid === 0 || stat.uid === process.getuid?.());
}

function lookAt(path: string): fs.Stats | undefined {
  return fs.lstatSync(path, { throwIfNoEntry: false });
}

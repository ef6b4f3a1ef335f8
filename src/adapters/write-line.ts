import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { AgentError } from '../core/failure.ts';

/** Standard output and standard error. */
export type Descriptor = 1 | 2;

/** Before a full pipe that does not block is tried again. */
const PAUSE_MS = 5;

/** What an action waits for readers, in sum: its end must not come late for the sake of its words. */
let patienceMs = 300;
/** Where words go; `undefined`: nowhere any more. */
const ways = new Map<Descriptor, number | undefined>();

/**
 * Says something to whoever called. Words that can't be delivered, as into a closed pipe, a pipe that nobody empties or
 * on a full disk, change nothing of what is so: the action goes on, and its exit code stays.
 */
export function writeLine(descriptor: Descriptor, line: string): void {
  try {
    if (!ways.has(descriptor)) ways.set(descriptor, wayTo(descriptor));
    const way = ways.get(descriptor);
    if (way === undefined) return;
    writeAll(descriptor, `${line}\n`, way, () => {
      patienceMs -= PAUSE_MS;
      return patienceMs > 0;
    });
  } catch {
    // There is nobody left to tell. What came next would be read as the rest of half a line.
    ways.set(descriptor, undefined);
  }
}

/** Opened anew, a pipe does not block us, and goes on blocking who else writes to it. */
function wayTo(descriptor: Descriptor): number {
  const { O_WRONLY, O_NONBLOCK } = constants;
  if (!fstatSync(descriptor).isFIFO()) return descriptor;
  try {
    return openSync(`/proc/self/fd/${descriptor}`, O_WRONLY | O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') throw error;
    // It is another user's, or there is no /proc.
    return descriptor;
  }
}

/**
 * All of it, also into a pipe that is read slowly, whether the pipe blocks its writer or not.
 * @param way its descriptor, or another one that leads to the same place
 * @param isToWait asked before each pause for a reader
 * @throws {AgentError} `node`; `Unread`, where nobody reads any more
 */
export function writeAll(
  descriptor: Descriptor,
  text: string,
  way: number = descriptor,
  isToWait = (): boolean => true,
): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(way, bytes, written);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') throw new Unread('node', message, { cause: error });
      if (code !== 'EAGAIN' || !isToWait()) {
        const where = descriptor === 1 ? 'output' : 'error';
        throw new AgentError('node', `could not write to standard ${where}: ${message}`, { cause: error });
      }
      pause();
    }
  }
}

export class Unread extends AgentError {}

/** In place: whoever writes has nothing else to do. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

import { chmodSync, constants, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { oneLine } from '../core/one-line.ts';
import { fileNameOf } from './own-file.ts';

/** Where the trace of an action goes: into a file that is named, or into one of its own in a directory. */
export type TracePlace = { readonly file: string } | { readonly directory: string };

/** Root's alone: a trace has what a log leaves out. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o755;

export interface TracedAction {
  readonly resource: string;
  readonly action: string;
}

/**
 * Opens the trace of an action: a line for each thing that it does or says, with the time.
 * @param nowMs since the action began
 * @throws {NodeJS.ErrnoException} where no such file can be written
 */
export function openTrace(
  place: TracePlace,
  traced: TracedAction,
  nowMs: () => number,
): (line: string) => void {
  const path = 'file' in place ? place.file : `${place.directory}/aws-eni/${nameOf(traced, new Date())}`;
  const directory = dirname(path);
  if (mkdirSync(directory, { recursive: true }) !== undefined) chmodSync(directory, DIRECTORY_MODE);
  const { O_WRONLY, O_CREAT, O_APPEND, O_NONBLOCK, O_NOFOLLOW } = constants;
  // Who names a file may name a link; in a directory the name is ours.
  const own = 'file' in place ? 0 : O_NOFOLLOW;
  // A FIFO without a reader would keep the action waiting.
  const fd = openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | own, FILE_MODE);
  return (line) => {
    try {
      writeSync(fd, `${new Date().toISOString()} ${Math.round(nowMs())} ms: ${oneLine(line)}\n`);
    } catch {
      // What is traced goes on.
    }
  };
}

/** As resource-agents name it, by the node's own clock. */
function nameOf({ resource, action }: TracedAction, now: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':');
  return `${fileNameOf(resource)}.${action}.${day}.${time}`;
}

import { writeSync } from 'node:fs';

/**
 * Says something to whoever called: on standard output (1) or standard error (2). Words that can't be delivered, as
 * into a closed pipe or on a full disk, change nothing of what is so: the action goes on, and its exit code stays.
 */
export function writeLine(descriptor: 1 | 2, line: string): void {
  try {
    writeSync(descriptor, `${line}\n`);
  } catch {
    // There is nobody left to tell.
  }
}

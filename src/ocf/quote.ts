import { oneLine } from '../core/one-line.ts';

/** A longer value is cut: a reason is one line for a person. */
const MAX_LENGTH = 80;

/** `value` as a reason shows it: quoted, cut, and with nothing in it that could begin another line. */
export function quote(value: string): string {
  return JSON.stringify(oneLine(value, MAX_LENGTH));
}

/** A longer value is cut: a reason is one line for a person. */
const MAX_LENGTH = 80;

/** `value` as a reason shows it: quoted, cut, and with nothing in it that could begin another line. */
export function quote(value: string): string {
  const shown = value.length > MAX_LENGTH ? `${value.slice(0, MAX_LENGTH)}…` : value;
  return JSON.stringify(shown);
}

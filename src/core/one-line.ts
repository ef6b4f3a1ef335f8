/** A reason is for a person, and Pacemaker keeps it in the cluster's status. */
const MAX_LENGTH = 2_000;

/** Of words that somebody else said, which stand in the middle of ours: the next move must still fit behind them. */
const EXCERPT_LENGTH = 300;

/** What ends a line or rewrites it, in a terminal or in a log: control and format characters, line separators, halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** `user:password@` in a URL, such as a proxy's. */
const USER_INFO = /(?<=:\/\/)[^\s/?#@]+@/g;

/** `text` as one line that can be shown anywhere: bounded, printable, without the secrets that URLs can have. */
export function oneLine(text: string, maxLength = MAX_LENGTH): string {
  // What is far behind the cut needs no cleaning.
  const clean = text
    .slice(0, 2 * maxLength)
    .replace(UNPRINTABLE, ' ')
    .replace(USER_INFO, '')
    .trim();
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean;
}

/** The beginning of what somebody else said. */
export function excerpt(text: string): string {
  return oneLine(text, EXCERPT_LENGTH);
}

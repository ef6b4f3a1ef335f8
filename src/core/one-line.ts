/** A reason is for a person, and Pacemaker keeps it in the cluster's status. */
const MAX_LENGTH = 2_000;

/** Of words that somebody else said, which stand in the middle of ours: the next move must still fit behind them. */
const EXCERPT_LENGTH = 300;

/** What ends a line or rewrites it, in a terminal or in a log: control and format characters, line separators, halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** What ends a line or a column, in whatever program reads it. */
const BREAK = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/** `user:password@` in a URL, such as a proxy's; the password may have an @ of its own. */
const USER_INFO = /(?<=:\/\/)[^\s/?#]*@/g;

/** A parser quotes what it does not understand, such as a key that stands where it expects none. In JavaScriptCore's words and in V8's. */
const QUOTED_BY_PARSER = /(?<=\bJSON Parse error\b)[^;]*|\bUnexpected [^;]*(?=is not valid JSON)/g;

/** Whatever stands before an @, however that is spelled. */
const BEFORE_AT = /^([a-z][a-z\d+.-]*:\/\/)?.*(?:[@\uff20\ufe6b]|%40)/is;

/** An access key's id, or as long an unbroken text as only tokens are. Source: IAM User Guide, "Unique identifiers". */
const CREDENTIAL = /\b(?:AKIA|ASIA)[A-Z0-9]{16,}\b|[\w+/=-]{100,}/g;

/** What is far behind the cut needs no cleaning; what is near it does, for a secret that is cut is still half of one. */
const CLEANED_LENGTH = 65_536;

/** `text` as one line that can be shown anywhere: bounded, printable, without the secrets that URLs can have. */
export function oneLine(text: string, maxLength = MAX_LENGTH): string {
  const clean = text
    .slice(0, CLEANED_LENGTH)
    .replace(BREAK, ' ')
    .replace(UNPRINTABLE, escaped)
    .replace(USER_INFO, '')
    .replace(QUOTED_BY_PARSER, '')
    .trim();
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean;
}

/** `text` with what a terminal acts on, or shows otherwise than it is, as JSON would escape it, so that it means the same there. */
export function visible(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

function escaped(unseen: string): string {
  const units = Array.from({ length: unseen.length }, (_, at) => unseen.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** What is no URL, but may have been meant as one: without what may be a user and a password. */
export function withoutUser(text: string): string {
  return text.replace(BEFORE_AT, '$1***@');
}

/**
 * The beginning of what somebody else said, without what identifies us to them: AWS repeats a request whose signature
 * it refuses, the session token included. Source: IAM User Guide, "Troubleshoot Signature Version 4".
 */
export function excerpt(text: string): string {
  return oneLine(text.slice(0, CLEANED_LENGTH).replace(CREDENTIAL, '***'), EXCERPT_LENGTH);
}

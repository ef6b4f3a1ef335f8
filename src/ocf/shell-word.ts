/** What neither a shell nor crmsh takes for anything but itself. */
export const PLAIN_WORD = /^[\w.,:/@%+-]+$/;

/** `text` as one word of a line that people paste into a shell, whatever is in it. */
export function shellWord(text: string): string {
  return PLAIN_WORD.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

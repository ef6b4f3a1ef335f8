/** Select Graphic Rendition, of ECMA-48: a style's beginning and the end of its kind. */
const sgr =
  (on: number, off: number) =>
  (text: string): string =>
    text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;

/** How words stand out in a terminal. Whoever prints them drops the styles where they are not wanted. */
export const strong = sgr(1, 22);
export const faint = sgr(2, 22);
export const good = sgr(32, 39);
export const doubtful = sgr(33, 39);
export const bad = sgr(31, 39);

// biome-ignore lint/suspicious/noControlCharactersInRegex: the beginning of a style is one
const STYLE = /\u001b\[\d+m/g;

export function withoutStyle(text: string): string {
  return text.replace(STYLE, '');
}

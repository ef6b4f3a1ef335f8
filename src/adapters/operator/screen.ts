import wrapAnsi from 'wrap-ansi';
import { visible } from '../../core/one-line.ts';
import type { Screen } from '../../ports/screen.ts';
import { Unread, writeAll, writeLine } from '../write-line.ts';

/** Where nothing else is said. */
const COLUMNS = 80;

/** Longer lines are hard to read. */
const WIDEST = 120;

/** Moves to the first column, that many lines up, and clears from there. Source: ECMA-48, CUU and ED. */
const backOver = (lines: number): string => `\r${lines > 0 ? `\u001b[${lines}A` : ''}\u001b[0J`;

/** Of the commands' own words; whatever else a terminal would act on has come from outside. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the beginning of a style is one
const STYLE = /\u001b\[(?:[12]|22|3[1-3]|39)m/g;

/** The process's own standard output and error. Colours only on a terminal, and not with NO_COLOR (no-color.org). */
export function createScreen(env: Readonly<Record<string, string | undefined>>): Screen {
  const { isTTY: isTerminal = false, columns } = process.stdout;
  const isPlain = (isTty: boolean | undefined): boolean =>
    isTty !== true || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  const shown = (text: string, isTty: boolean | undefined): string => {
    const styles = isPlain(isTty) ? [] : (text.match(STYLE) ?? []);
    return text
      .split(STYLE)
      .map((piece, at) => piece.split('\n').map(visible).join('\n') + (styles[at] ?? ''))
      .join('');
  };
  const width = Math.min(WIDEST, columns ?? COLUMNS);
  let drawnLines = 0;
  let isRead = true;
  /** Nothing more once nobody reads. */
  const print = (text: string): void => {
    try {
      if (isRead) writeAll(1, text);
    } catch (error) {
      if (!(error instanceof Unread)) throw error;
      isRead = false;
    }
  };
  return {
    columns: width,
    isTerminal,
    isRead: () => isRead,
    print: (text) => print(shown(text, isTerminal)),
    note: (line) => {
      const text = process.stderr.isTTY ? wrapAnsi(line, width, { hard: false }) : line;
      writeLine(2, shown(text, process.stderr.isTTY));
    },
    redraw: (text) => {
      print((isTerminal ? backOver(drawnLines) : '') + shown(text, isTerminal));
      drawnLines = text.split('\n').length - 1;
    },
  };
}

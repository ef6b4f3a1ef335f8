import wrapAnsi from 'wrap-ansi';
import { withoutStyle } from './style.ts';

/** Between columns. */
const GAP = 2;
/** The last column gets so much where the others leave it less. */
const NARROWEST = 20;

/**
 * Rows of cells in columns as wide as what is in them; what does not fit into `columns` is wrapped within the last cell
 * of its row.
 * @param indent blanks before each row
 */
export function table(rows: readonly (readonly string[])[], columns: number, indent = 0): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) =>
    // The last cell of a row sets no width: it may go on to the right.
    Math.max(0, ...rows.filter((row) => at < row.length - 1).map((row) => lengthOf(row[at]))),
  );
  return rows
    .map((row) => {
      const cells = row
        .slice(0, -1)
        .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - lengthOf(cell) + GAP));
      return hanging(' '.repeat(indent) + cells.join(''), row.at(-1) ?? '', columns);
    })
    .join('\n');
}

/** Words wrapped to `columns`, each line indented. */
export function paragraph(text: string, columns: number, indent = 0): string {
  return hanging(' '.repeat(indent), text, columns);
}

/** `text` behind `head`, its further lines below its first one. */
function hanging(head: string, text: string, columns: number): string {
  const left = lengthOf(head);
  const lines = wrapAnsi(text, Math.max(NARROWEST, columns - left), { hard: false, trim: true }).split('\n');
  return lines.map((line, at) => ((at === 0 ? head : ' '.repeat(left)) + line).trimEnd()).join('\n');
}

function lengthOf(text = ''): number {
  return withoutStyle(text).length;
}

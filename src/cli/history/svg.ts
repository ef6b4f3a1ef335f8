/** Pieces of a drawing. Everything that is shown goes through `escapeXml`. */

/** Such as a bar. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a box is like; `kind` is a class of the style below. */
export function rect({ x, y, width, height }: Box, kind: string, title: string): string {
  return `<rect class="${kind}" x="${fixed(x)}" y="${fixed(y)}" width="${fixed(Math.max(1, width))}" height="${fixed(height)}"><title>${escapeXml(title)}</title></rect>`;
}

export function text(
  x: number,
  y: number,
  words: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
  kind = '',
): string {
  return `<text${kind === '' ? '' : ` class="${kind}"`} x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}">${escapeXml(words)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}"/>`;
}

/** Distinct for people who see few colours: Okabe and Ito's, "Color Universal Design", and two of Tol's; one a phase. */
const PALETTE = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#f0e442',
  '#999999',
  '#882255',
  '#44aa99',
] as const;

/** The class of the phase that is the `index`-th of a drawing's. */
export function phaseClass(index: number): string {
  return `p${index % PALETTE.length}`;
}

/** A whole document, readable on light and on dark ground, without a script. */
export function drawing(width: number, height: number, title: string, parts: readonly string[]): string {
  const phases = PALETTE.map((colour, index) => `.p${index}{fill:${colour}}`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="DejaVu Sans, Helvetica, sans-serif" font-size="12">
<title>${escapeXml(title)}</title>
<style>text{fill:#222}line{stroke:#ccc}.ground{fill:#fff}.head{font-size:15px;font-weight:bold}.failed{fill:none;stroke:#d00000;stroke-width:2}${phases}@media (prefers-color-scheme:dark){text{fill:#eee}line{stroke:#555}.ground{fill:#1c1c1c}}</style>
<rect class="ground" width="100%" height="100%"/>
${text(16, 24, title, 'start', 'head')}
${parts.join('\n')}
</svg>
`;
}

/** Steps of an axis from 0 to `end`: 1, 2 or 5 times a power of ten, eight at most. */
export function ticks(end: number): readonly number[] {
  const rough = end / 8;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1e-9)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? power;
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, at) => at * step);
}

/** `1.5 s`, with as many places as a step of 0.001 s needs. */
export function seconds(ms: number): string {
  return `${Number((ms / 1_000).toFixed(3))} s`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeXml(words: string): string {
  return words.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}

function fixed(value: number): string {
  return String(Number(value.toFixed(1)));
}

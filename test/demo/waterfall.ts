import type { AwsSpan, Move, Span } from './move.ts';
import { lengthOf, namedShares, wholeOf } from './move.ts';

const WIDTH = 960;
const LEFT = 190;
const RIGHT = 90;
const ROW = 24;
const GAP = 46;

/** Requests with a shorter pause between them are drawn as one. */
const SAME_ROW_MS = 60;

const COLOUR = {
  client: '#c0392b',
  cluster: '#7f4fa3',
  agent: '#1f77b4',
  aws: '#f2b134',
  grid: '#dddddd',
  text: '#222222',
} as const;

interface Row extends Span {
  readonly label: string;
  readonly colour: string;
}

const LEGEND = {
  client: 'client unanswered',
  cluster: "Pacemaker's part",
  agent: "the agent's phases",
  aws: "AWS's own time",
} as const;

/** The moves as one drawing: what the client saw, Pacemaker's part, the agent's phases, and what AWS did meanwhile. */
export function renderWaterfall(moves: readonly Move[]): string {
  const parts: string[] = [];
  let top = 70;
  for (const move of moves) {
    const rows = rowsOf(move);
    parts.push(panel(move, rows, top));
    top += rows.length * ROW + GAP + 54;
  }
  const legend = (['client', 'cluster', 'agent', 'aws'] as const)
    .map((who, index) => {
      const x = LEFT + index * 170;
      return `<rect x="${x}" y="36" width="14" height="14" fill="${COLOUR[who]}"/><text x="${x + 20}" y="48">${LEGEND[who]}</text>`;
    })
    .join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}" font-family="DejaVu Sans, Helvetica, sans-serif" font-size="13" fill="${COLOUR.text}">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="16" y="24" font-size="17" font-weight="bold">aws-eni: where the time of a move goes</text>
${legend}
${parts.join('\n')}
</svg>
`;
}

function rowsOf({ outage, cluster, phases, aws }: Move): readonly Row[] {
  const both = new Set(phases.map(({ action }) => action)).size > 1;
  return [
    { label: 'client', colour: COLOUR.client, ...outage },
    ...cluster.map(({ share, ...span }) => ({ ...span, label: share, colour: COLOUR.cluster })),
    ...phases.map(({ action, name, ...span }) => ({
      ...span,
      label: both ? `${action}: ${name}` : name,
      colour: COLOUR.agent,
    })),
    ...merged(aws).map(({ name, ...span }) => ({ ...span, label: name, colour: COLOUR.aws })),
  ];
}

/** Requests that ran side by side or right after one another are one row; what EC2 does on its own has its own. */
function merged(aws: readonly AwsSpan[]): readonly AwsSpan[] {
  const own = ['release', 'attaching', 'device'];
  const alone = aws
    .filter(({ name }) => own.includes(name))
    .map(({ name, ...span }) => ({ name: `EC2: ${name}`, ...span }));
  const requests: AwsSpan[] = [];
  for (const { name, startMs, endMs } of aws.toSorted((one, other) => one.startMs - other.startMs)) {
    if (own.includes(name)) continue;
    const last = requests.at(-1);
    if (last !== undefined && startMs - last.endMs < SAME_ROW_MS) {
      requests[requests.length - 1] = { ...last, endMs: Math.max(last.endMs, endMs) };
    } else {
      requests.push({ name: 'requests', startMs, endMs });
    }
  }
  return [...requests, ...alone].toSorted((one, other) => one.startMs - other.startMs);
}

function panel(move: Move, rows: readonly Row[], top: number): string {
  const { startMs, endMs } = wholeOf(move);
  const x = (ms: number): number => LEFT + ((ms - startMs) / (endMs - startMs)) * (WIDTH - LEFT - RIGHT);
  const bottom = top + 34 + rows.length * ROW;
  const seconds = Math.floor((endMs - startMs) / 1000);
  const grid = Array.from({ length: seconds + 1 }, (_, second) => {
    const at = x(startMs + second * 1000).toFixed(1);
    return `<line x1="${at}" y1="${top + 26}" x2="${at}" y2="${bottom}" stroke="${COLOUR.grid}"/><text x="${at}" y="${bottom + 16}" text-anchor="middle" font-size="11">${second} s</text>`;
  });
  const bars = rows.map((row, index) => {
    const y = top + 34 + index * ROW;
    const width = Math.max(2, x(row.endMs) - x(row.startMs));
    return `<text x="${LEFT - 10}" y="${y + 13}" text-anchor="end">${row.label}</text><rect x="${x(row.startMs).toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 7}" fill="${row.colour}"/><text x="${(x(row.startMs) + width + 6).toFixed(1)}" y="${y + 13}" font-size="11">${Math.round(lengthOf(row))} ms</text>`;
  });
  const summary = namedShares(move)
    .map(([name, value]) => `${name} ${Math.round(value)} ms`)
    .join(', ');
  return [
    `<text x="16" y="${top + 14}" font-weight="bold">${move.title}</text>`,
    `<text x="${WIDTH - 16}" y="${top + 14}" text-anchor="end" font-size="12">${summary}</text>`,
    ...grid,
    ...bars,
  ].join('\n');
}

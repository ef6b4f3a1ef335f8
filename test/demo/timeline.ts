import type { Move, PhaseSpan, Span } from './move.ts';
import { lengthOf, namedShares, wholeOf } from './move.ts';

/** What each phase waits for, in a few words. */
const MEANING: Readonly<Record<string, string>> = {
  withdrawn: 'off the node',
  found: 'ENI, nodes, permission',
  detached: 'EC2 took the detach',
  available: 'EC2 let go of the ENI',
  attached: 'EC2 took the attach',
  device: 'kernel shows the device',
  released: 'EC2 says: available',
  configured: 'addresses, routes, rules',
};

const BAR = 24;
const LABEL = 17;

/** A move for a terminal of 80 columns: the client's view, each phase as a bar on one scale, and the shares. */
export function renderMove(move: Move): string {
  const { outage, cluster, phases, moments } = move;
  const whole = wholeOf(move);
  const rows = [
    row('client unanswered', outage, whole, ''),
    ...cluster.map((span) => row(span.share, span, whole, span.name)),
    ...phases.map((phase) => row(labelOf(phase, phases), phase, whole, MEANING[phase.name] ?? '')),
  ];
  const total = lengthOf(outage);
  return [
    move.title,
    "  seconds since the client's first request without an answer",
    ...moments.map(
      ({ atMs, what }) => `  ${((atMs - outage.startMs) / 1000).toFixed(2).padStart(6)}  ${what}`,
    ),
    '',
    ...rows,
    '',
    `  of the client's ${ms(total)} without an answer:`,
    ...namedShares(move).map(
      ([name, value]) =>
        `  ${name.padEnd(LABEL)} ${ms(value).padStart(8)} ${percent(value / total).padStart(5)}`,
    ),
    '',
  ].join('\n');
}

function row(label: string, span: Span, whole: Span, meaning: string): string {
  const scale = BAR / lengthOf(whole);
  const from = Math.min(BAR - 1, Math.round((span.startMs - whole.startMs) * scale));
  const width = Math.max(1, Math.min(BAR - from, Math.round(lengthOf(span) * scale)));
  const bar = `${' '.repeat(from)}${'█'.repeat(width)}`.padEnd(BAR);
  return `  ${label.padEnd(LABEL)} ${bar} ${ms(lengthOf(span)).padStart(8)}  ${meaning}`
    .trimEnd()
    .slice(0, 80);
}

function labelOf({ action, name }: PhaseSpan, phases: readonly PhaseSpan[]): string {
  return phases.some((phase) => phase.action !== action) ? `${action}: ${name}` : name;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

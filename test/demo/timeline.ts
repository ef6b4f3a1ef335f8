import type { Move, PhaseSpan, Span } from './move.ts';
import { lengthOf, sharesOf } from './move.ts';

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
  const { outage, phases, actions } = move;
  const whole = {
    startMs: Math.min(outage.startMs, actions.startMs),
    endMs: Math.max(outage.endMs, actions.endMs),
  };
  const rows = [
    row('client unanswered', outage, whole, ''),
    ...phases.map((phase) => row(labelOf(phase, phases), phase, whole, MEANING[phase.name] ?? '')),
  ];
  const { outageMs, awsMs, agentMs } = sharesOf(move);
  return [
    move.title,
    ...rows,
    '',
    `  the client's outage ${ms(outageMs)}; the actions took ${ms(lengthOf(actions))}:`,
    `  AWS's own share ${ms(awsMs)}, the agent's ${ms(agentMs)} (${percent(agentMs / awsMs)} of AWS's)`,
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
  return `${(share * 100).toFixed(1)} %`;
}

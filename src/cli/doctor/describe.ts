import { paragraph } from '../layout.ts';
import { bad, doubtful, faint, good, strong } from '../style.ts';
import type { Check, CheckStatus, Group } from './check.ts';

const WORDS: Readonly<Record<CheckStatus, string>> = {
  ok: good('ok'),
  warning: doubtful('warning'),
  failed: bad(strong('FAILED')),
  unknown: faint('not checked'),
};

/** Below a check's status, where its words stand. */
const INDENT = 15;

export function describe(
  groups: readonly Group[],
  counts: Readonly<Record<CheckStatus, number>>,
  columns: number,
): string {
  const { ok, warning, failed, unknown } = counts;
  const summary = [
    `${ok} ok`,
    ...(warning > 0 ? [doubtful(`${warning} ${warning === 1 ? 'warning' : 'warnings'}`)] : []),
    ...(failed > 0 ? [bad(strong(`${failed} failed`))] : []),
    ...(unknown > 0 ? [`${unknown} not checked`] : []),
  ].join(', ');
  return [...groups.map((group) => describeGroup(group, columns)), `${summary}.`].join('\n\n');
}

function describeGroup({ title, checks }: Group, columns: number): string {
  return [strong(title), ...checks.map((check) => describeCheck(check, columns))].join('\n');
}

function describeCheck({ title, status, found, remedy }: Check, columns: number): string {
  const word = WORDS[status];
  const padding = ' '.repeat(INDENT - 2 - plainLength(status));
  const said = paragraph(`${title}: ${found}`, columns, INDENT).trimStart();
  const lines = [`  ${word}${padding}${said}`];
  if (remedy !== null) lines.push(paragraph(`→ ${remedy}`, columns, INDENT));
  return lines.join('\n');
}

function plainLength(status: CheckStatus): number {
  return status === 'unknown' ? 'not checked'.length : status.length;
}

import type { Ending } from '../test/scenarios/faults/endings.ts';
import type { Row } from '../test/scenarios/faults/matrix.ts';
import { matrix } from '../test/scenarios/faults/matrix.ts';
import type { SceneName, State } from '../test/scenarios/faults/scenes.ts';

/** The columns of the table: how an action is called, and the scenes of the tests that try it. */
const columns: readonly (readonly [title: string, scenes: readonly SceneName[]])[] = [
  ['start', ['start', 'takeover']],
  ['stop', ['stop']],
  ['monitor, level 10', ['monitor, level 10']],
  ['probe', ['probe where it runs', 'probe elsewhere']],
  ['validate-all, level 10', ['validate-all, level 10']],
];

/** The faults that the tests try, by their kinds, and how each action ends when they last. */
export function faultTables(): string {
  return [...kinds(), '', ...outcomes()].join('\n');
}

function kinds(): readonly string[] {
  const names = new Map<string, Set<string>>();
  for (const { kind, faults } of matrix) {
    const known = names.get(kind) ?? new Set();
    for (const { name } of faults) known.add(name);
    names.set(kind, known);
  }
  const rows = [...names].map(([kind, faults]) => `| ${kind} | ${[...faults].join(', ')} |`);
  return ['| kind | faults |', '|---|---|', ...rows];
}

/** One line for the kinds of a call that all actions take alike. */
function outcomes(): readonly string[] {
  const lines = new Map<string, Set<string>>();
  for (const { call, kind } of matrix) {
    const alike = matrix.filter((row) => row.call === call && row.kind === kind);
    const cells = columns.map(([, scenes]) => cellOf(alike, scenes));
    const key = [call, ...cells].join(' | ');
    lines.set(key, (lines.get(key) ?? new Set()).add(kind));
  }
  return [
    `| call | ${columns.map(([title]) => title).join(' | ')} | kinds |`,
    `|---|${columns.map(() => '---').join('|')}|---|`,
    ...[...lines].map(([key, ofKinds]) => `| ${key} | ${[...ofKinds].join('; ')} |`),
  ];
}

function cellOf(rows: readonly Row[], scenes: readonly SceneName[]): string {
  const endings = scenes.flatMap((scene) => rows.flatMap((row) => row.endings[scene] ?? []));
  return [...new Set(endings.map(wordsOf))].join(', elsewhere ') || '–';
}

function wordsOf({ exitCode, says, left }: Ending): string {
  const warned = exitCode === 0 && says !== '' ? ', warns' : '';
  return `${exitCode}${warned}${exitCode === 0 && warned === '' ? '' : whereabouts(exitCode, left)}`;
}

/** What is not obvious from the exit code. */
function whereabouts(exitCode: number, { holder, a, b }: State): string {
  if (exitCode === 7 || (exitCode !== 0 && holder === 'a' && a === 'serves')) return '';
  if (a === 'serves' || b === 'serves') return '; serves';
  return holder === undefined ? '' : '; off the node, still attached';
}

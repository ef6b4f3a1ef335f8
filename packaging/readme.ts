import { exitCodeOf } from '../src/ocf/exit-code.ts';
import { parameterNames, parameters } from '../src/ocf/parameters.ts';
import { faultTables } from './faults-tables.ts';

/** The parts of the README that are made from the tables, by the name in their markers. */
const parts: Readonly<Record<string, () => string>> = {
  parameters: parameterTable,
  'exit codes': exitCodeTable,
  faults: faultTables,
};

/**
 * `text` with each part between `<!-- generated: NAME -->` and `<!-- end -->` made anew.
 * @throws {Error} for a part that has no marker
 */
export function withGeneratedParts(text: string): string {
  return Object.entries(parts).reduce((readme, [name, make]) => {
    const pattern = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
    if (!pattern.test(readme)) throw new Error(`the README has no place for the generated part '${name}'`);
    return readme.replace(pattern, (_, begin: string, end: string) => `${begin}\n${make()}\n\n${end}`);
  }, text);
}

function parameterTable(): string {
  const rows = parameterNames.map((name) => {
    const { default: value, long } = parameters[name];
    return `| \`${name}\` | ${value === undefined ? '–' : `\`${value}\``} | ${long} |`;
  });
  return ['| parameter | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

const MEANINGS = {
  parameter: 'a value that no node could use; Pacemaker stops the resource everywhere',
  node: 'a right value that cannot work on this node; Pacemaker tries another one',
  tool: 'a program is missing on this node',
  permission: 'not root, or refused by IAM',
  transient: 'throttled, timed out, unreachable, or serving only in part; Pacemaker recovers and counts',
  bug: 'an internal error; please report it',
} as const;

function exitCodeTable(): string {
  const rows = Object.entries(exitCodeOf).map(
    ([kind, code]) => `| ${code} | ${MEANINGS[kind as keyof typeof MEANINGS]} |`,
  );
  return [
    '| exit code | when |',
    '|---|---|',
    '| 0 | done; monitor: this node serves |',
    '| 7 | monitor: this node does not serve, and nothing is left of it |',
    '| 190 | monitor with `repair`: something missing was put back |',
    '| 3 | there is no such action |',
    ...rows,
  ].join('\n');
}

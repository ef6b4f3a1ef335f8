import { parameterNames, parameters } from '../src/ocf/parameters.ts';
import { exitCodeMeanings } from './exit-code-meanings.ts';
import { faultTables } from './faults-tables.ts';
import { neighboursTable } from './neighbours-table.ts';

/** The parts of the README that are made from the tables, by the name in their markers. */
const parts: Readonly<Record<string, () => string>> = {
  parameters: parameterTable,
  'exit codes': exitCodeTable,
  faults: faultTables,
  neighbours: neighboursTable,
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

function exitCodeTable(): string {
  const rows = exitCodeMeanings((words) => `\`${words}\``).map(([code, when]) => `| ${code} | ${when} |`);
  return ['| exit code | when |', '|---|---|', ...rows].join('\n');
}

import { readFileSync } from 'node:fs';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The block of code under a heading of the README that has `containing` in it, as a reader would copy it. */
export function readmeCommands(heading: string, containing: string): string {
  const [, section = ''] = readme.split(`\n### ${heading}\n`);
  const blocks = [...(section.split(/\n##+ /)[0]?.matchAll(/```\n([\s\S]*?)```/g) ?? [])].map(
    ([, code = '']) => code,
  );
  const found = blocks.filter((code) => code.includes(containing));
  if (found.length !== 1)
    throw new Error(`README: ${found.length} blocks with "${containing}" under "${heading}"`);
  return found[0] ?? '';
}

/** The cluster's configuration as README has it, with replacements, each of which must find its text. */
export function readmeConfiguration(replacements: Readonly<Record<string, string>> = {}): string {
  return Object.entries(replacements).reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`README's configuration has no "${from}"`);
      return text.replace(from, to);
    },
    readmeCommands('Cluster configuration', 'crm configure primitive'),
  );
}

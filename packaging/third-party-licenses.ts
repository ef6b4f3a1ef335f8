import standardLicenses from 'spdx-license-list/full.js';
import type { Contents } from './bill-of-materials.ts';
import { licenseExpression, licenseIds } from './license-expression.ts';
import { LLVM_EXCEPTION } from './llvm-exception.ts';

/** Something compiled in, with the texts that come along with it. */
interface Covered {
  readonly label: string;
  readonly license: string;
  readonly texts: readonly string[];
  readonly notices: readonly string[];
}

const RULE = '='.repeat(80);

/** Of the executable as a whole, ours included, as an SPDX expression: what the package's License tag says. */
export function wholeLicense({ packages, runtime }: Contents): string {
  const parts = [...packages, runtime, ...runtime.parts];
  return licenseExpression(['Apache-2.0', ...parts.map(({ license }) => license)]);
}

/**
 * One plain text with the licences of everything that is compiled in: a table, then each distinct text once with
 * the components that it covers. A package's own files come as they are. Where there are none, and for the parts of
 * the runtime, it is the standard text of each licence that is named. Throws where there is no text for a licence.
 */
export function thirdPartyLicenses(contents: Contents): string {
  const { version, architecture, packages, runtime } = contents;
  const own = packages.map(
    ({ name, version, license, licenseTexts, noticeTexts }): Covered => ({
      label: `${name} ${version}`,
      license,
      texts: licenseTexts.length > 0 ? licenseTexts : standardTexts(license),
      notices: noticeTexts,
    }),
  );
  const parts = [runtime, ...runtime.parts].map(
    ({ name, version, license }): Covered => ({
      label: [name, version].join(' ').trim(),
      license,
      texts: standardTexts(license),
      notices: [],
    }),
  );
  return [
    `Licences of what is compiled into aws-eni ${version} (${architecture})`,
    ...['', `All together: ${wholeLicense(contents)}`],
    ...['', 'npm packages', '', ...table(own)],
    ...['', `The runtime, Bun ${runtime.version}, and its parts`, '', ...table(parts)],
    ...['', ...aboutRuntime(runtime)],
    ...sections([...own, ...parts], ({ texts }) => texts, 'License'),
    ...sections(own, ({ notices }) => notices, 'Notice'),
    '',
  ].join('\n');
}

function table(all: readonly Covered[]): readonly string[] {
  const width = Math.max(...all.map(({ label }) => label.length));
  return all.map(({ label, license }) => `  ${label.padEnd(width)}  ${license}`);
}

function aboutRuntime({ parts, sources, version, commit, basis }: Contents['runtime']): readonly string[] {
  return [
    'For the runtime and its parts, the texts below are the standard ones of their licences. The copyright',
    'notices are in the sources of each, and how to build and link the runtime with changed parts, such as those',
    'under the LGPL, is in the sources of Bun:',
    '',
    `  bun: ${sources} (bun-v${version}, commit ${commit})`,
    ...parts.map((part) => `  ${part.name}: ${part.sources}`),
    '',
    `What this rests on: ${basis}`,
    '',
    // The IJG licence asks for these words in the documentation.
    'This software is based in part on the work of the Independent JPEG Group.',
  ];
}

/** Each distinct text once. Texts that differ in no more than line ends are one. */
function sections(
  all: readonly Covered[],
  textsOf: (one: Covered) => readonly string[],
  title: string,
): readonly string[] {
  const labels = new Map<string, string[]>();
  for (const one of all) {
    for (const text of textsOf(one)) {
      const key = text.replaceAll('\r\n', '\n').trimEnd();
      labels.set(key, [...(labels.get(key) ?? []), one.label]);
    }
  }
  return [...labels].flatMap(([text, covered]) => [
    ...['', RULE, `${title} of`],
    ...covered.map((label) => `  ${label}`),
    ...[RULE, '', text],
  ]);
}

function standardTexts(license: string): readonly string[] {
  return licenseIds(license).map((id) => {
    const text = id === 'LLVM-exception' ? LLVM_EXCEPTION : standardLicenses[id]?.licenseText;
    if (text === undefined) throw new Error(`no text is known for the licence ${id}`);
    return text;
  });
}

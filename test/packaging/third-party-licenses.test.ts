import { expect, test } from 'vitest';
import { licenseIds } from '../../packaging/license-expression.ts';
import { thirdPartyLicenses, wholeLicense } from '../../packaging/third-party-licenses.ts';
import { realContents } from './contents.ts';

const contents = await realContents();
const text = thirdPartyLicenses(contents);

/** Words that stand in one licence only, wrapped in whatever way. */
const WORDS: Readonly<Record<string, string>> = {
  'Apache-2.0': 'Apache License Version 2.0, January 2004',
  'Artistic-1.0-Perl': 'The "Artistic License"',
  'BSD-2-Clause': 'provided that the following conditions are met: 1. Redistributions of source code',
  'BSD-3-Clause': 'may be used to endorse or promote products derived from this software',
  'CC0-1.0': 'Creative Commons Legal Code CC0 1.0 Universal',
  'GPL-1.0-or-later': 'GNU GENERAL PUBLIC LICENSE Version 1, February 1989',
  'GPL-2.0-only': 'GNU GENERAL PUBLIC LICENSE Version 2, June 1991',
  IJG: 'Independent JPEG Group License',
  ISC: 'Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee',
  'LGPL-2.0-or-later': 'GNU LIBRARY GENERAL PUBLIC LICENSE Version 2, June 1991',
  'LGPL-2.1-only': 'GNU LESSER GENERAL PUBLIC LICENSE Version 2.1, February 1999',
  'LLVM-exception': 'LLVM Exceptions to the Apache 2.0 License',
  MIT: 'Permission is hereby granted, free of charge, to any person obtaining a copy of this software',
  'MPL-2.0': 'Mozilla Public License Version 2.0',
  'Unicode-3.0': 'UNICODE LICENSE V3',
  Zlib: 'Altered source versions must be plainly marked as such',
  blessing: 'May you do good and not evil.',
};

/** The sections that cover something, by its label, each in one line. */
function textsOf(label: string): readonly string[] {
  const sections = text.split(/^={80}\n(?=(?:License|Notice) of$)/m).slice(1);
  const covering = sections.filter((section) =>
    section.split('='.repeat(80))[0]?.split('\n').includes(`  ${label}`),
  );
  return covering.map((section) => section.replaceAll(/\s+/g, ' '));
}

const components = [...contents.packages, contents.runtime, ...contents.runtime.parts].map(
  ({ name, version, license }) => ({ label: [name, version].join(' ').trim(), license }),
);

test.each(components)('$label comes with the text of $license', ({ label, license }) => {
  const line = text.split('\n').find((one) => one.startsWith(`  ${label}  `));
  expect(line?.endsWith(`  ${license}`)).toBe(true);
  const texts = textsOf(label).join(' ');
  for (const id of licenseIds(license)) {
    expect(WORDS).toHaveProperty([id]);
    expect(texts).toContain(WORDS[id]);
  }
});

test("a package's own text is there once, as it is, however many have it", () => {
  const [first, ...others] = contents.packages.filter(({ licenseTexts: [own = ''] }) =>
    own.includes('Sindre Sorhus'),
  );
  const own = first?.licenseTexts[0]?.trimEnd() ?? '';
  expect(others.length).toBeGreaterThan(0);
  expect(own).toContain('Copyright');
  expect(text.split(own)).toHaveLength(2);
});

test('a NOTICE file is passed on', () => {
  const [one, ...others] = contents.packages;
  if (one === undefined) throw new Error('nothing is compiled in');
  const packages = [{ ...one, noticeTexts: ['This product includes something.\n'] }, ...others];
  expect(thirdPartyLicenses({ ...contents, packages })).toMatch(
    new RegExp(`Notice of\n  ${one.name} ${one.version}\n=+\n\nThis product includes something.\n`),
  );
});

test('a licence of which no text is known is refused', () => {
  const part = { name: 'part', license: 'LicenseRef-ours', sources: 'https://github.com/owner/part' };
  const runtime = { ...contents.runtime, parts: [part] };
  expect(() => thirdPartyLicenses({ ...contents, runtime })).toThrow('no text is known for the licence');
});

test('says where the sources are of what is not in an npm package', () => {
  for (const { name, sources } of contents.runtime.parts) expect(text).toContain(`  ${name}: ${sources}\n`);
});

test('acknowledges the Independent JPEG Group in the words that its licence asks for', () => {
  expect(text).toContain('\nThis software is based in part on the work of the Independent JPEG Group.\n');
});

test('the whole is under what is under it, and a licence more or less is seen here', () => {
  expect(wholeLicense(contents).split(' AND ')).toEqual([
    '(BSD-3-Clause OR GPL-2.0-only)',
    '(CC0-1.0 OR BSD-2-Clause)',
    '(MIT OR Artistic-1.0-Perl OR GPL-1.0-or-later)',
    'Apache-2.0',
    'Apache-2.0 WITH LLVM-exception',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'IJG',
    'ISC',
    'LGPL-2.0-or-later',
    'LGPL-2.1-only',
    'MIT',
    'MPL-2.0',
    'Unicode-3.0',
    'Zlib',
    'blessing',
  ]);
});

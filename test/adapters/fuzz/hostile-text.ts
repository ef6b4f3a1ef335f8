import fc from 'fast-check';

const MIB = 2 ** 20;

/** What has broken parsers, shells, terminals and logs. */
const hostile: readonly string[] = [
  '',
  '\n',
  'a\nb\r\nc\u2028d\u2029e',
  '\nocf-exit-reason:owned',
  'ocf-exit-reason:owned',
  '"',
  "'",
  '`touch /run/owned`',
  '$(touch /run/owned)',
  '; rm -rf /',
  '| cat',
  '--help',
  '-batch',
  '-',
  '\0',
  'before\0after',
  '\u001b[2J\u001b[31mred',
  '\u202egnp.exe\u202c',
  '\u200b\ufeff',
  '\ud800',
  '\udfff\ud800',
  'Ελληνικά 中文 العربية 👩‍👩‍👧',
  '%s%n%x',
  '../../../etc/passwd',
  '<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><a>&d;</a>',
  '<a><b/></a>',
  ']]>&lt;',
  '{"toString":1}',
  '__proto__',
  'constructor',
  'NaN',
  '-1',
  '1e999',
  '99999999999999999999',
  'https://admin:hunter2@host/',
  'ftp://admin:hunter2@host/',
  `${'x'.repeat(60)}https://admin:odd@hunter2@host/`,
];

/** A mebibyte of what makes patterns look back again and again. */
const huge: readonly string[] = [
  'x'.repeat(MIB),
  `a${' '.repeat(MIB)}b`,
  `a${'\n'.repeat(MIB)}b`,
  ':'.repeat(MIB),
  '['.repeat(MIB),
  '://'.repeat(MIB / 4),
  '9'.repeat(MIB),
];

const short = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...hostile) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 400 }) },
);

/** A text that somebody may send; once in a while a mebibyte of it. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 60, arbitrary: short },
  { weight: 20, arbitrary: fc.tuple(short, short).map(([one, other]) => one + other) },
  { weight: 1, arbitrary: fc.constantFrom(...huge) },
);

/** Good as it is, or with something hostile in its place, before it, behind it or within it. */
export function spoiled(good: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(good) },
    { weight: 2, arbitrary: hostileText },
    { weight: 1, arbitrary: hostileText.map((text) => good + text) },
    { weight: 1, arbitrary: hostileText.map((text) => text + good) },
    { weight: 1, arbitrary: short.map((text) => good.slice(0, 4) + text + good.slice(4)) },
  );
}

const otherJson = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  hostileText,
  fc.constantFrom<unknown>(null, {}, [], [null], { toString: 1, valueOf: 1 }, -1, 0.5, 1e308, true),
);

/** Like a good value, with a few of its parts spoiled or of another shape. */
export function spoiledJson(good: unknown): fc.Arbitrary<unknown> {
  const kept = typeof good === 'object' && good !== null ? spoiledParts(good) : fc.constant(good);
  const nearly = typeof good === 'string' ? spoiled(good) : otherJson;
  return fc.oneof(
    { weight: 40, arbitrary: kept },
    { weight: 2, arbitrary: nearly },
    { weight: 1, arbitrary: otherJson },
  );
}

function spoiledParts(good: object): fc.Arbitrary<unknown> {
  if (Array.isArray(good)) return fc.tuple(...good.map(spoiledJson));
  const parts = Object.entries(good).map(([key, part]) => [key, spoiledJson(part)] as const);
  return fc.record(Object.fromEntries(parts));
}

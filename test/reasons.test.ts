import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const root = new URL('../src/', import.meta.url);

/** Commands speak to who has called them just now; the table is for what Pacemaker shows. */
const FOR_PEOPLE = /^(?:cli|adapters\/operator)\//;
const files = (await readdir(root, { recursive: true })).filter(
  (name) => name.endsWith('.ts') && !FOR_PEOPLE.test(name),
);
const sources = await Promise.all(files.map((name) => readFile(new URL(name, root), 'utf8')));

const FILLED_IN = /\$\{(?:[^{}]|\{[^{}]*\})*\}/g;
const TEXT = /(?<!\w)(['"`])((?:\\.|(?!\1).)*)\1/g;

/** All texts of the source, with `…` for each part that is filled in. */
const texts = sources.flatMap((source) =>
  [...source.replace(FILLED_IN, '…').matchAll(TEXT)].map(([, , text = '']) => text.replaceAll("\\'", "'")),
);

/** The first column of the table of reasons. */
const phrases = readme
  .slice(readme.indexOf('### Reasons, and what to do'), readme.indexOf("EC2's codes:"))
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) =>
    [...(line.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, phrase = '']) => phrase),
  );

/** Whether the words of `phrase` come in `text`, in their order. */
function isIn(phrase: string, text: string): boolean {
  let from = 0;
  return phrase
    .split('…')
    .map((words) => words.trim())
    .every((words) => {
      const at = text.indexOf(words, from);
      from = at + words.length;
      return at >= 0;
    });
}

test('the table of reasons was found, and so were the texts of the source', () => {
  expect(phrases.length).toBeGreaterThan(50);
  expect(texts.length).toBeGreaterThan(300);
});

test.each(phrases)('the agent can say `%s`', (phrase) => {
  expect(texts.some((text) => isIn(phrase, text))).toBe(true);
});

/** What has something filled in and ends in a next move is for the operator. */
const isReason = (text: string): boolean => /…/.test(text) && /; [a-z]/.test(text) && !/\n/.test(text);

/** Refused values, which say it all, halves of reasons whose other half is in the table, and an answer of validate-all. */
const SAID_ELSEWHERE =
  /is no |is neither |neither is given|is not a |names no |is out of range|is a table of the system|^…; (?:trying again|looking what|the stop goes on|the table goes by|check that file)|^flock says|^'…' …; see what hangs|could go well$/;

test.each(texts.filter((text) => isReason(text) && !SAID_ELSEWHERE.test(text)))(
  'the README explains: %s',
  (text) => {
    expect(phrases.some((phrase) => isIn(phrase, text))).toBe(true);
  },
);

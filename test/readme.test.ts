import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { withGeneratedParts } from '../packaging/readme.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

test('its tables are those of the source (npm run generate)', () => {
  expect(withGeneratedParts(readme)).toBe(readme);
});

test('a table that is out of date is noticed', () => {
  const outdated = readme.replace('| `rule_priority` | `100` |', '| `rule_priority` | `99` |');
  expect(outdated).not.toBe(readme);
  expect(withGeneratedParts(outdated)).toBe(readme);
});

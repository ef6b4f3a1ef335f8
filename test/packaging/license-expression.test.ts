import { expect, test } from 'vitest';
import { licenseExpression, licenseIds } from '../../packaging/license-expression.ts';

test.each([
  [['MIT', 'Apache-2.0', 'MIT'], 'Apache-2.0 AND MIT'],
  [['MIT AND ISC', 'ISC'], 'ISC AND MIT'],
  [['MIT', 'BSD-3-Clause OR GPL-2.0-only'], '(BSD-3-Clause OR GPL-2.0-only) AND MIT'],
  [['(MIT OR ISC) AND Zlib'], '(MIT OR ISC) AND Zlib'],
  [['MIT OR ISC OR (Zlib AND IJG)'], '(MIT OR ISC OR (Zlib AND IJG))'],
  [['Apache-2.0 WITH LLVM-exception'], 'Apache-2.0 WITH LLVM-exception'],
])('%j together are %s', (expressions, whole) => {
  expect(licenseExpression(expressions)).toBe(whole);
});

test('the licences and exceptions of an expression are told apart', () => {
  expect(licenseIds('(MIT OR Apache-2.0 WITH LLVM-exception) AND MIT')).toEqual([
    'Apache-2.0',
    'LLVM-exception',
    'MIT',
  ]);
});

test('what is no expression is refused', () => {
  expect(() => licenseExpression(['as you like'])).toThrow();
});

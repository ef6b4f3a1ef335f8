import { basename, dirname } from 'node:path';
import { expect, test } from 'vitest';
import { ownPath } from '../../src/adapters/own-file.ts';

const long = 'x'.repeat(300);

test('each resource has a file of its own in the directory, whatever its name', () => {
  const names = [
    'vip',
    'VIP',
    'vip.1',
    'vip/1',
    '..',
    '../../etc/passwd',
    'a b',
    'a\nb',
    '',
    'ß',
    '\ud800',
    long,
    `${long}1`,
    `${long}2`,
  ];
  const paths = names.map((name) => ownPath('/run/d', name, 'json'));
  expect(new Set(paths).size).toBe(names.length);
  for (const path of paths) {
    expect(dirname(path)).toBe('/run/d');
    expect(basename(path)).toMatch(/^aws-eni-[\w.%!~*'()-]*\.json$/);
    // Of 255 bytes that a name may have, what is put behind it while it is written takes some.
    expect(basename(path).length).toBeLessThan(240);
  }
});

import { expect, test } from 'vitest';
import { run } from '../../src/adapters/run.ts';

test('a program that does not read its input has answered nonetheless', () => {
  const script = 'exec 0<&-; echo words; echo complaint >&2; exit 3';
  const input = 'x'.repeat(1024 * 1024);
  expect(run('sh', ['-c', script], { input, timeoutMs: 10_000 })).toEqual({
    exitCode: 3,
    stdout: 'words\n',
    stderr: 'complaint\n',
  });
});

test('one that is ended from outside has not', () => {
  const input = 'x'.repeat(1024 * 1024);
  const ended = (): unknown => run('sh', ['-c', 'exec 0<&-; kill -9 $$'], { input, timeoutMs: 10_000 });
  expect(ended).toThrow(expect.objectContaining({ kind: 'transient' }));
});

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { completionFiles, completionScript, shells } from '../../packaging/completion.ts';
import { commands } from '../../src/cli/commands.ts';
import { BUN } from '../sandbox/programs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PATH = `${root}dist:/usr/bin:/bin`;

/** What bash offers for the last of the words. */
async function offeredByBash(words: readonly string[]): Promise<readonly string[]> {
  const list = words.map((word) => `'${word}'`).join(' ');
  const script = `source ${root}${completionFiles.bash}; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _aws-eni_yargs_completions; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execa('bash', ['--norc', '-c', script], { env: { PATH }, extendEnv: false });
  return stdout.split('\n');
}

/** What zsh has to choose from: name, or `name:what it is`. */
async function offeredByZsh(words: readonly string[]): Promise<readonly string[]> {
  const list = words.map((word) => `'${word}'`).join(' ');
  const script = `_describe() { print -l -- "\${(@P)2}" }; compdef() { : }; source ${root}${completionFiles.zsh}; words=(${list}); CURRENT=${words.length}; BUFFER='${words.join(' ')}'; CURSOR=\${#BUFFER}; _aws-eni_yargs_completions`;
  const { stdout } = await execa('zsh', ['-f', '-c', script], {
    env: { PATH, SHELL: '/bin/zsh' },
    extendEnv: false,
  });
  return stdout.split('\n');
}

test.each(shells)(
  'the committed script for %s is what the source prints (npm run generate)',
  async (shell) => {
    expect(await readFile(`${root}${completionFiles[shell]}`, 'utf8')).toBe(
      await completionScript(shell, BUN),
    );
  },
);

describe('bash', () => {
  test('offers commands, choices and options', async () => {
    expect(await offeredByBash(['aws-eni', ''])).toEqual(
      expect.arrayContaining(commands.map(({ name }) => name)),
    );
    expect(await offeredByBash(['aws-eni', 'do'])).toEqual(['doctor']);
    expect(await offeredByBash(['aws-eni', 'plan', 'st'])).toEqual(['start', 'stop']);
    expect(await offeredByBash(['aws-eni', 'move', '--even'])).toEqual(['--even-if-managed']);
    expect(await offeredByBash(['aws-eni', 'show', '--eni'])).toEqual(['--eni-id']);
  });
});

describe('zsh', () => {
  test('offers commands with what they do, choices and options', async () => {
    const all = await offeredByZsh(['aws-eni', '']);
    for (const { name, does } of commands) expect(all).toContain(`${name}:${does}`);
    expect(await offeredByZsh(['aws-eni', 'plan', ''])).toEqual(expect.arrayContaining(['start', 'stop']));
    expect(await offeredByZsh(['aws-eni', 'create', '--'])).toEqual(
      expect.arrayContaining([expect.stringMatching(/^--subnet-id:/)]),
    );
  });
});

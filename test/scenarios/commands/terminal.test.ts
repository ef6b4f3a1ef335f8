import { describe, expect } from 'vitest';
import { commands } from '../../../src/cli/commands.ts';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { eniId, executable } from '../agent.ts';
import { onNodeOf } from '../confined.ts';
import { scenario } from '../scenario.ts';
import { callCommand } from './call-command.ts';

/** What a person sees in a terminal, with its colours. */
async function inTerminal(
  sandbox: Sandbox,
  node: SandboxNode,
  words: string,
  { columns = 80, environment = {} } = {},
): Promise<string> {
  const env = onNodeOf({ ...sandbox.environment(node), TERM: 'xterm', ...environment });
  const line = `stty cols ${columns} rows 40; exec ${executable} ${words}`;
  const { stdout } = await node.exec('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    env,
  });
  return stdout.replaceAll('\r', '');
}

const ESCAPE = '\u001b[';
const SHOW = `show --eni-id ${eniId}`;

/** How many columns a line takes. */
const widths = (text: string): readonly number[] =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the beginning of a style is one
  text.split('\n').map((line) => line.replaceAll(/\u001b\[\d+m/g, '').length);

describe.concurrent('in a terminal', () => {
  scenario(
    'words have colour, and nowhere else, and not against the wish of who reads',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      const coloured = await inTerminal(sandbox, a, SHOW);
      expect(coloured).toContain(`${ESCAPE}32mok${ESCAPE}39m`);
      for (const environment of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
        expect(await inTerminal(sandbox, a, SHOW, { environment })).not.toContain(ESCAPE);
      }
      const piped = await callCommand(sandbox, a, SHOW.split(' '));
      expect(piped.stdout).not.toContain(ESCAPE);
      expect(await inTerminal(sandbox, a, `${SHOW} --json`)).not.toContain(ESCAPE);
    },
  );

  scenario('lines are as wide as it is', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    for (const words of [
      SHOW,
      `plan start --eni-id ${eniId}`,
      `doctor --eni-id ${eniId}`,
      'move --eni-id eni-1',
    ]) {
      for (const columns of [60, 80, 110]) {
        const text = await inTerminal(sandbox, a, words, { columns });
        expect({ words, columns, widest: Math.max(...widths(text)) <= columns }).toEqual({
          words,
          columns,
          widest: true,
        });
      }
    }
  });

  scenario('a watch draws over what it has drawn', async ({ sandbox }) => {
    const text = await inTerminal(sandbox, sandbox.nodes.a, `${SHOW} --watch --count 3 --interval 500ms`);
    // Up over the lines of the picture before, and clear from there.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal reads
    expect(text.match(/\u001b\[\d+A\u001b\[0J/g)).toHaveLength(2);
    expect(text.match(/held by nobody/g)).toHaveLength(3);
  });

  scenario('the help of each command fits, and has an example', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    for (const { name, examples } of commands) {
      const { exitCode, stdout, stderr } = await callCommand(sandbox, a, [name, '--help'], {
        unprivileged: true,
      });
      expect({ name, exitCode, stderr }).toEqual({ name, exitCode: 0, stderr: '' });
      expect(Math.max(...widths(stdout))).toBeLessThanOrEqual(80);
      expect(examples.length).toBeGreaterThan(0);
      expect(stdout).toContain('Examples:');
    }
    expect(await sandbox.requests()).toEqual([]);
  });
});

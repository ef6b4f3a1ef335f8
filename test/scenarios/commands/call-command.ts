import { expect } from 'vitest';
import { commands } from '../../../src/cli/commands.ts';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { executable } from '../agent.ts';
import { onNodeOf } from '../confined.ts';
import { pathsOf } from './json-paths.ts';

export interface CommandCall {
  readonly environment?: Readonly<Record<string, string>>;
  /** As user nobody, without any group. */
  readonly unprivileged?: boolean;
}

export interface CommandAnswer {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;

/** Runs a command of the executable on a node, as a person would whose output goes into a file. */
export async function callCommand(
  sandbox: Sandbox,
  node: SandboxNode,
  words: readonly string[],
  { environment = {}, unprivileged = false }: CommandCall = {},
): Promise<CommandAnswer> {
  const [program = '', ...args] = [...(unprivileged ? NOBODY : []), executable, ...words];
  const env = onNodeOf({ ...sandbox.environment(node), ...environment });
  const { exitCode, stdout, stderr } = await node.exec(program, args, { env, timeoutMs: 120_000 });
  return { exitCode, stdout, stderr };
}

/** What `--json` prints, which must have no path that the command's table does not declare. */
export async function callForJson(
  sandbox: Sandbox,
  node: SandboxNode,
  words: readonly string[],
  call: CommandCall = {},
): Promise<CommandAnswer & { readonly data: Readonly<Record<string, unknown>> }> {
  const answer = await callCommand(sandbox, node, [...words, '--json'], call);
  const data = JSON.parse(answer.stdout) as Readonly<Record<string, unknown>>;
  const declared = commands.find(({ name }) => name === words[0])?.json.map(([path]) => path) ?? [];
  const undeclared = [...pathsOf(data)].filter((path) => !isDeclared(path, declared));
  expect(undeclared).toEqual([]);
  expect(data).toMatchObject({ version: 1, command: words[0] });
  return { ...answer, data };
}

function isDeclared(path: string, declared: readonly string[]): boolean {
  const all = ['version', 'command', 'error', 'error.kind', 'error.message', ...declared];
  return all.some((one) => (one.endsWith('**') ? path.startsWith(one.slice(0, -2)) : path === one));
}

/** Lines that do not fit a terminal of 80 columns. */
export function tooLong(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.length > 80);
}

import { expect } from 'vitest';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { eniId } from '../agent.ts';
import { placePrograms } from '../place-program.ts';
import type { CommandCall } from './call-command.ts';
import { callForJson } from './call-command.ts';

export const DOCTOR = ['doctor', '--eni-id', eniId] as const;

export interface Check {
  readonly id: string;
  readonly status: string;
  readonly found: string;
  readonly remedy: string | null;
}

/** What systemd says of units, on a node without one. @param others scripts of programs besides, by their names */
export function placeSystemctl(
  node: SandboxNode,
  active: readonly string[] = [],
  others: Readonly<Record<string, string>> = {},
): Promise<string> {
  const cases = active.map((unit) => `*' ${unit}') echo active; exit 0;;`).join('\n');
  return placePrograms(node, {
    ...others,
    systemctl: `case " $*" in\n${cases}\nesac\ncase "$1" in is-active) echo inactive;; *) echo not-found;; esac; exit 4`,
  });
}

export async function checksOf(
  sandbox: Sandbox,
  node: SandboxNode,
  words: readonly string[] = DOCTOR,
  call: CommandCall = {},
): Promise<{ readonly exitCode: number | undefined; readonly checks: readonly Check[] }> {
  const { exitCode, data, stderr } = await callForJson(sandbox, node, words, call);
  expect(stderr).toBe('');
  const groups = data['groups'] as readonly { readonly checks: readonly Check[] }[];
  return { exitCode, checks: groups.flatMap(({ checks }) => checks) };
}

/** How fast EC2 answers is this machine's business: a slow answer is none of the faults that are planted. */
export const statusOf = ({ id, status }: Check): string =>
  id === 'endpoint' && status === 'warning' ? 'ok' : status;

export const statuses = (checks: readonly Check[]): Readonly<Record<string, string>> =>
  Object.fromEntries(checks.map((check) => [check.id, statusOf(check)]));

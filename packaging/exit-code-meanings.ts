import type { FailureKind } from '../src/core/failure.ts';
import { exitCodeOf } from '../src/ocf/exit-code.ts';

const MEANINGS: Readonly<Record<FailureKind, string>> = {
  parameter: 'a value that no node could use; Pacemaker stops the resource everywhere',
  node: 'a right value that cannot work on this node; Pacemaker tries another one',
  tool: 'a program is missing on this node',
  permission: 'not root, or refused by IAM',
  transient: 'throttled, timed out, unreachable, or serving only in part; Pacemaker recovers and counts',
  bug: 'an internal error; please report it',
};

/** Every exit code of the agent and when it ends with it, for README and manual page; `code` marks words of the agent. */
export function exitCodeMeanings(code: (words: string) => string): readonly (readonly [number, string])[] {
  const failures = Object.entries(exitCodeOf).map(
    ([kind, exitCode]) => [exitCode, MEANINGS[kind as FailureKind]] as const,
  );
  return [
    [0, 'done; monitor: this node serves'],
    [7, 'monitor: this node does not serve, and nothing is left of it'],
    [190, `monitor with ${code('repair')}: something missing was put back`],
    [3, 'there is no such action'],
    ...failures,
  ];
}

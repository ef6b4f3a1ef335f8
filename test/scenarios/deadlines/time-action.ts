import { expect } from 'vitest';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import type { Answer, Call } from '../agent.ts';
import { environmentOf, executable, reasonIn } from '../agent.ts';

interface TimedAnswer extends Answer {
  /** From the fork of the process to its end, as its parent sees them. */
  readonly tookMs: number;
}

/** The parent, as Pacemaker's executor is: a shell that forks the agent and waits for its end. */
const PARENT = 'b=$EPOCHREALTIME; "$0" "$1"; c=$?; e=$EPOCHREALTIME; echo "took $b $e" >&2; exit $c';

/** Runs an action on a node and measures how long its process lives. */
export async function timeAction(
  sandbox: Sandbox,
  node: SandboxNode,
  action: string,
  call: Call & { readonly timeoutMs: number },
): Promise<TimedAnswer> {
  const { exitCode, stdout, stderr } = await node.exec('bash', ['-c', PARENT, executable, action], {
    env: environmentOf(sandbox, node, action, call),
    timeoutMs: call.timeoutMs + 10_000,
  });
  const [, begun, ended] = /^took (\S+) (\S+)$/m.exec(stderr) ?? [];
  return {
    exitCode,
    stdout,
    stderr,
    reason: reasonIn(stderr),
    tookMs: Math.round((Number(ended) - Number(begun)) * 1_000),
  };
}

/** What the agent promises to leave of the limit: half a second, or 5 % where that is more. */
export function latestEndMs(limitMs: number): number {
  return limitMs - Math.max(500, limitMs * 0.05);
}

export function expectInTime({ tookMs, stderr }: TimedAnswer, limitMs: number, what: string): void {
  expect(tookMs, `${what}: ms until the end of the process; it said ${stderr}`).toBeLessThanOrEqual(
    latestEndMs(limitMs),
  );
}

import { expect } from 'vitest';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import type { Call } from '../agent.ts';
import { callAgent } from '../agent.ts';
import type { NodeTruth } from '../interruption/node-truth.ts';
import { readTruth, verdictOf } from '../interruption/node-truth.ts';

interface Expected {
  readonly exitCode: number;
  /** In the reason, or in the warnings of an action that goes well; nothing is said where it is missing. */
  readonly says?: RegExp;
  /** Whether the node serves afterwards, by its kernel: 0 yes, 7 no, 1 in part. */
  readonly leaves: 0 | 7 | 1;
}

/** What is wrong with a node, and how each action ends under it. */
export interface LocalFault {
  readonly name: string;
  /** Shell script, run on the node. */
  readonly begin: string;
  readonly end: string;
  readonly call?: Call;
  /** A start that finds nothing, a monitor and a stop that find the service. */
  readonly expected: Readonly<Record<'start' | 'monitor' | 'stop', Expected>>;
}

/** The three actions under the fault, each from a sound state; then without it, once more from what the last one left. */
export async function tryFault(sandbox: Sandbox, node: SandboxNode, fault: LocalFault): Promise<void> {
  const before = await lookAt(sandbox, node);
  for (const action of ['start', 'monitor', 'stop'] as const) {
    await callWell(sandbox, node, action === 'start' ? 'stop' : 'start');
    await runScript(node, fault.begin);
    const { exitCode, stderr } = await callAgent(sandbox, node, action, fault.call);
    const expected = fault.expected[action];
    expect({ action, exitCode }, stderr).toEqual({ action, exitCode: expected.exitCode });
    expect(stderr.replaceAll(/^INFO: .*$/gm, '').trim(), action).toMatch(expected.says ?? /^$/);
    const truth = await lookAt(sandbox, node);
    expect({ action, leaves: verdictOf(truth), foreign: truth.foreign }, stderr).toEqual({
      action,
      leaves: expected.leaves,
      foreign: before.foreign,
    });
    await runScript(node, fault.end);
  }
  for (const [action, left] of [
    ['start', 0],
    ['stop', 7],
  ] as const) {
    await callWell(sandbox, node, action);
    expect(await callAgent(sandbox, node, 'monitor')).toMatchObject({ exitCode: left, stderr: '' });
    expect(verdictOf(await lookAt(sandbox, node))).toBe(left);
  }
}

/** An action that nothing is in the way of. */
export async function callWell(sandbox: Sandbox, node: SandboxNode, action: 'start' | 'stop'): Promise<void> {
  const { exitCode, stderr } = await callAgent(sandbox, node, action);
  expect({ action, exitCode }, stderr).toEqual({ action, exitCode: 0 });
}

/** What the node's kernel and files say of the service, without asking the agent. */
async function lookAt(sandbox: Sandbox, node: SandboxNode): Promise<NodeTruth> {
  return readTruth(node, (await sandbox.world()).enis[SERVICE_ENI]?.mac ?? '');
}

/** @returns what it printed */
export async function runScript(node: SandboxNode, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await node.exec('sh', ['-euc', script]);
  if (exitCode !== 0) throw new Error(`${script}: ${stderr}`);
  return stdout;
}

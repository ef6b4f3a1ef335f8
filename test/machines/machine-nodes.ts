import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { SandboxOptions } from '../sandbox/sandbox-options.ts';
import type { ServiceClient } from '../sandbox/service-client.ts';
import { startServiceClient } from '../sandbox/service-client.ts';
import type { Answer, Call } from '../scenarios/agent.ts';
import { callAgent, executable, quick } from '../scenarios/agent.ts';
import { askOnce, holderOf } from '../scenarios/expectations.ts';
import type { MachineOptions } from './guest/machine-options.ts';
import { currentImage } from './image/image.ts';

/** Where each machine answers with its name. */
export const SERVICE_PORT = 7_007;

/** A machine with the agent that was just built. */
export function machine(options: Partial<MachineOptions> = {}): MachineOptions {
  const image = currentImage().directory;
  if (!existsSync(image))
    throw new Error(`no image ${image}: run 'npm run test:machines' once, which builds it`);
  return { image, agent: executable, ...options };
}

/** A VPC in a hurry, with these nodes. */
export function startMachines(
  nodes: SandboxOptions['nodes'],
  options: SandboxOptions = {},
): Promise<Sandbox> {
  return startSandbox({ latencies: quick, ...options, nodes: nodes ?? {} });
}

/** Machines while `work` runs, in which nobody may do what EC2 does not know. They are gone after it, however it ends. */
export async function withMachines(
  nodes: SandboxOptions['nodes'],
  work: (sandbox: Sandbox) => Promise<void>,
  options: SandboxOptions = {},
): Promise<void> {
  const sandbox = await startMachines(nodes, options);
  await closing(sandbox, sandbox.close, () => work(sandbox));
}

/** @param close is called after `work`, however that ends */
export async function closing(
  sandbox: Sandbox,
  close: () => Promise<void>,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
    expect(await sandbox.violations()).toEqual([]);
  } finally {
    await close();
  }
}

/** An emulated machine takes seconds for what takes a node milliseconds. */
const ACTION_TIMEOUT_MS = 240_000;

export function act(sandbox: Sandbox, node: SandboxNode, action: string, call: Call = {}): Promise<Answer> {
  return callAgent(sandbox, node, action, { timeoutMs: ACTION_TIMEOUT_MS, ...call });
}

/** Runs a shell script on a node. @throws with what it printed, when it fails */
export async function sh(node: SandboxNode, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await node.exec('sh', ['-ec', script], {
    timeoutMs: ACTION_TIMEOUT_MS,
  });
  if (exitCode !== 0) throw new Error(`on node ${node.name}: ${script}\n${stdout}\n${stderr}`);
  return stdout;
}

/** What the agent says on a slow machine of a request of the metadata service, for whose answer it has a second. */
export const TOO_SLOW = /instance metadata service.* within 1000 ms/;

/** Done, and whoever was to be told was told. Emulated, an answer of the VPC's can be late, which is warned of, too. */
export async function expectDone(answer: Promise<Answer>): Promise<void> {
  const { exitCode, stderr } = await answer;
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: expect.not.stringMatching(/could not (?:tell|take|wait)/),
  });
}

/**
 * A stop gives whom it lets have the device again 5 s, and goes on without them: a machine that is emulated beside others may
 * need longer. They then leave the device alone until the machine boots.
 * @returns whether all were told in time
 */
export async function expectStopped(answer: Promise<Answer>): Promise<boolean> {
  const { exitCode, stderr } = await answer;
  const complaints = stderr.split('\n').filter((line) => /could not (?:tell|take|wait)/.test(line));
  const others = complaints.filter((line) => !/ did not end within \d+\.\d s; it goes on leaving/.test(line));
  expect({ exitCode, others }, stderr).toEqual({ exitCode: 0, others: [] });
  return complaints.length === 0;
}

/** EC2, monitor and a client beyond the router agree that the node serves. */
export async function expectServes(sandbox: Sandbox, node: SandboxNode): Promise<void> {
  expect(await holderOf(sandbox)).toBe(node.instanceId);
  expect(await act(sandbox, node, 'monitor')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await askOnce(sandbox, '10.2.0.10', SERVICE_PORT)).toBe(`node-${node.name}`);
}

/** A client that waits 5 s for each answer, so that a slow machine loses no request. */
function watch(sandbox: Sandbox): Promise<ServiceClient> {
  return startServiceClient(sandbox, {
    address: '10.2.0.10',
    port: SERVICE_PORT,
    requestEveryMs: 200,
    lostAfterMs: 5_000,
  });
}

/** The client's requests while `work` runs. */
export async function underRequests(
  sandbox: Sandbox,
  work: (client: ServiceClient) => Promise<void>,
): Promise<void> {
  const client = await watch(sandbox);
  try {
    await work(client);
  } finally {
    await client.stop();
  }
}

/** A client whose requests are answered before and after `work` loses none meanwhile. */
export async function unnoticed(client: ServiceClient, work: () => Promise<void>): Promise<void> {
  await client.answered();
  const before = client.outages().length;
  await work();
  await client.answered();
  expect(client.outages().slice(before)).toEqual([]);
}

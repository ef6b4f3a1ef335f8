import { expect } from 'vitest';
import { startEcho, watchService } from '../sandbox/programs.ts';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import { callAgent } from './agent.ts';
import { deviceOf, readNetwork } from './node-network.ts';

const PORT = 7_007;

/** What others read. */
const NOTICE = /^\/run\/(?:udev\/rules\.d|systemd\/network)\//;

/** Which instance holds an ENI, in truth. */
export async function holderOf(sandbox: Sandbox, eniId: string = SERVICE_ENI): Promise<string | undefined> {
  return (await sandbox.world()).enis[eniId]?.attachment?.instanceId;
}

/** The calls that changed anything in EC2. */
export async function mutatingCalls(sandbox: Sandbox): Promise<readonly string[]> {
  const requests = await sandbox.requests();
  return requests
    .filter(
      ({ service, name, outcome }) => service === 'ec2' && !name.startsWith('Describe') && outcome === 'ok',
    )
    .map(({ name }) => name);
}

/** The node holds the ENI, monitor says so, and a client on the far side of the router is answered by it. */
export async function expectServing(
  sandbox: Sandbox,
  node: SandboxNode,
  address = '10.2.0.10',
): Promise<void> {
  expect(await holderOf(sandbox)).toBe(node.instanceId);
  expect(await callAgent(sandbox, node, 'monitor')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await whoAnswers(sandbox, node, address)).toBe(`node-${node.name}`);
}

/** Hostname of what answers the client at `address`, with a service started on `node`; `nobody` when nothing comes back. */
export async function whoAnswers(sandbox: Sandbox, node: SandboxNode, address: string): Promise<string> {
  const echo = await startEcho(node, PORT);
  try {
    return await askOnce(sandbox, address, PORT);
  } finally {
    await echo.killGroup();
  }
}

/** One request of the client: a lost packet is asked for again by TCP within the time, a wrong route is not mended by it. */
export async function askOnce(sandbox: Sandbox, address: string, port: number): Promise<string> {
  const { started, sightings } = await watchService(sandbox.client, {
    address,
    port,
    intervalMs: 100,
    timeoutMs: 3_000,
  });
  try {
    for await (const { by } of sightings) return by ?? 'nobody';
    throw new Error('the client ended without a word');
  } finally {
    await started.killGroup();
  }
}

/**
 * Nothing of the resource is on the node: no device, rule, route, address, state or word to others.
 * @param left `notices`: a stop has isolated the ENI there; others go on leaving it alone until a boot, or the next stop
 */
export async function expectBare(
  sandbox: Sandbox,
  node: SandboxNode,
  left: 'nothing' | 'notices' = 'nothing',
): Promise<void> {
  const network = await readNetwork(node);
  expect(network.rules + network.ipv6Rules).not.toMatch(/lookup (?:MYHA|100)/);
  expect(network.routes + network.ipv6Routes).not.toMatch(/table (?:MYHA|100)/);
  expect(network.addresses).not.toContain('10.2.0.');
  const { enis } = await sandbox.world();
  expect(await deviceOf(node, enis[SERVICE_ENI]?.mac ?? '')).toBe('');
  const files = await ownFiles(node);
  expect(left === 'nothing' ? files : files.filter((path) => !NOTICE.test(path))).toEqual([]);
  expect(await callAgent(sandbox, node, 'monitor')).toMatchObject({ exitCode: 7, stderr: '' });
}

/**
 * The agent's files on the node that a boot forgets, as far as they say anything: who takes a lock's file away takes the
 * lock of whoever waits for it, so that one stays.
 */
export async function ownFiles(node: SandboxNode): Promise<readonly string[]> {
  // Of a resource: what a package has installed there has no such name.
  const find = ['/run', '-name', '*aws-eni-*', '!', '-name', '*.lock'];
  const { stdout } = await node.exec('find', find);
  return stdout.split('\n').filter(Boolean).toSorted();
}

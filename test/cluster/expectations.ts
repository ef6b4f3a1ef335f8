import { expect } from 'vitest';
import type { SandboxNode } from '../sandbox/sandbox.ts';
import { askOnce, expectBare, holderOf } from '../scenarios/expectations.ts';
import type { Cluster } from './cluster.ts';
import { SERVICE_PORT } from './cluster.ts';
import type { CrmStatus } from './crm-status.ts';
import { PACEMAKER_LOG } from './services.ts';

export const RESOURCE = 'service-eni';

/** Whether the resource is started on this node, and nowhere else. */
export function runsOn(status: CrmStatus, node: SandboxNode, id: string = RESOURCE): boolean {
  const found = status.resources.find((resource) => resource.id === id);
  return found?.role === 'Started' && !found.failed && found.on.join() === `node-${node.name}`;
}

/** Resolves when Pacemaker says that the resource is started there, and has nothing more to do. */
export async function untilServedBy(cluster: Cluster, node: SandboxNode): Promise<void> {
  await cluster.until(`served by node ${node.name}`, (status) => runsOn(status, node), node);
  await cluster.settled(node);
}

/**
 * Cluster, EC2, kernel and client agree that the service is on this node, nothing of it is on the other one, and
 * crm_mon shows these failed actions only (such as `service-eni_monitor_20000 on node-a: not running`).
 * @param left as `expectBare` has it, of the other one
 */
export async function expectServedBy(
  cluster: Cluster,
  node: SandboxNode,
  failures: readonly string[] = [],
  left: Parameters<typeof expectBare>[2] = 'nothing',
): Promise<void> {
  await untilServedBy(cluster, node);
  const { sandbox } = cluster;
  const status = await cluster.status(node);
  expect(runsOn(status, node)).toBe(true);
  expect(failuresOf(status)).toEqual(failures);
  expect(await holderOf(sandbox)).toBe(node.instanceId);
  // Throws when it ends with anything but 0.
  await cluster.run(`crm_resource --resource ${RESOURCE} --force-check`, node);
  expect(await askOnce(sandbox, '10.2.0.10', SERVICE_PORT)).toBe(`node-${node.name}`);
  const other = otherThan(cluster, node);
  const { instances } = await sandbox.world();
  if (instances[other.instanceId]?.power === 'running') await expectBare(sandbox, other, left);
}

/** As `expectServedBy`, on whichever node Pacemaker chose: where a recovery ends is its own business. */
export async function expectServed(
  cluster: Cluster,
  failures: readonly string[] = [],
  left: Parameters<typeof expectBare>[2] = 'nothing',
): Promise<SandboxNode> {
  await cluster.settled();
  const { resources } = await cluster.until(`${RESOURCE} started`, isStarted);
  const { a, b } = cluster.sandbox.nodes;
  const node = resources.find(({ id }) => id === RESOURCE)?.on[0] === 'node-a' ? a : b;
  await expectServedBy(cluster, node, failures, left);
  return node;
}

export function isStarted({ resources }: CrmStatus, id: string = RESOURCE): boolean {
  return resources.some((found) => found.id === id && found.role === 'Started' && !found.failed);
}

export function failuresOf({ failures }: CrmStatus): readonly string[] {
  return failures
    .map(({ operation, node, exitStatus }) => `${operation} on ${node}: ${exitStatus}`)
    .toSorted();
}

export function otherThan({ sandbox: { nodes } }: Cluster, node: SandboxNode): SandboxNode {
  return node.name === 'a' ? nodes.b : nodes.a;
}

/** Has the resource moved by the operator's commands, and leaves no constraint behind. */
export async function moveTo(cluster: Cluster, node: SandboxNode, id: string = RESOURCE): Promise<void> {
  // After a cleanup the cluster knows nothing until it has probed anew; it refuses to move what is there already.
  await cluster.settled();
  const status = await cluster.until(`${id} started`, (seen) => isStarted(seen, id));
  if (!runsOn(status, node, id)) {
    await cluster.run(`crm resource move ${id} node-${node.name}`);
    await cluster.until(`${id} on node ${node.name}`, (status) => runsOn(status, node, id));
    await cluster.run(`crm resource clear ${id}`);
  }
  await cluster.settled();
}

/** Each start and stop of the resource that Pacemaker has ordered on this node since it booted, in order. */
export async function actionsOf(
  cluster: Cluster,
  node: SandboxNode,
  id: string = RESOURCE,
): Promise<readonly string[]> {
  const log = await cluster.run(`cat ${PACEMAKER_LOG}`, node);
  const ordered = new RegExp(`Requesting local execution of (start|stop) operation for ${id} `, 'g');
  return [...log.matchAll(ordered)].map(([, action = '']) => action);
}

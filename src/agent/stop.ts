import { changesToDrop } from '../core/changes.ts';
import { AgentError, asAgentError } from '../core/failure.ts';
import type { Reading } from '../core/reading.ts';
import { absent, present, unknown } from '../core/reading.ts';
import type { Service } from '../core/service.ts';
import { serviceOf } from '../core/service.ts';
import { nameOfTarget } from '../core/settings.ts';
import type { NetworkInterfaces, State } from '../ports/agent.ts';
import { undeclareTable } from './declare-table.ts';
import { letOthersBack } from './exclusion.ts';
import { askMetadata, ownState } from './identify.ts';
import { readKernel, traitsInKernel } from './local-network.ts';
import { findOtherResource } from './other-resource.ts';
import { RESERVE_MS, release } from './release.ts';
import { seekAdvice } from './seek-advice.ts';
import type { Task } from './task.ts';
import { targetOf } from './task.ts';
import { withdraw } from './withdraw.ts';

/** What a detach needs: where EC2 is and who this instance is. */
export interface Whereabouts {
  readonly ec2: NetworkInterfaces;
  readonly instanceId: string;
}

/**
 * Takes the service off this node, then gives the ENI back. The first part is local and comes first: it needs
 * neither EC2 nor the metadata service. Resolves only on evidence that this node no longer serves.
 */
export async function stop(task: Task): Promise<void> {
  const { ports, settings, phases } = task;
  task.deadline.doing('waiting for another action on this resource to end');
  const noLock = await ports.lock.acquire();
  // Pacemaker runs one action of a resource at a time anyway, and a stop that fails has the node fenced.
  if (noLock !== undefined) ports.log.warn(`${noLock.message}; the stop goes on without a lock`);
  const state = await ownState(task);
  if (state === undefined && (await isAnothers(task))) return;
  const service = state === undefined ? await identify(task) : present(state.service);
  await withdraw(task, service.state === 'present' ? service.value : undefined, state?.network);
  phases.reached('withdrawn');
  if (service.state === 'present' && settings.detachOnStop) {
    await release(task, service.value, () => locate(task, state));
  }
  if (service.state === 'unknown') settleForIgnorance(task, service.because);
  await letOthersBack(task);
  await undeclareTable(task);
  await forget(task);
}

/** What another resource of this node has started is not this one's to take away. */
async function isAnothers(task: Task): Promise<boolean> {
  const other = await findOtherResource(task);
  if (other === undefined) return false;
  task.ports.log.warn(
    `${nameOfTarget(task.settings)} is left as it is: resource ${other.name} has started it here; give each ENI one resource`,
  );
  const changes = changesToDrop(await readKernel(task), other.ownRules);
  if (changes.length > 0) await task.ports.routing.apply(changes);
  return true;
}

/** A state that stays behind changes nothing: monitor and the next stop go by the kernel, the next start writes a new one. */
async function forget({ ports }: Task): Promise<void> {
  try {
    await ports.state.remove();
  } catch (error) {
    ports.log.warn(asAgentError(error).message);
  }
}

/**
 * Nobody tells which device would be the ENI's. No start has run here since boot, or its stop went well, and
 * nothing leads through this resource's table any more: this node does not serve.
 */
function settleForIgnorance({ ports, settings }: Task, because: string): void {
  const name = nameOfTarget(settings);
  if (settings.stopFallback === 'fail') {
    throw new AgentError(
      'transient',
      `can't tell whether ${name} is still attached here: ${because}; look at its attachment in EC2 (stop_fallback=isolate lets a stop do without)`,
    );
  }
  ports.log.warn(`${name} may still be attached here: ${because}; the next start detaches it`);
}

/**
 * Where no start has left a state: the metadata service needs no credentials, EC2 knows the ENI best. Neither may
 * keep what can be taken down without them waiting.
 */
async function identify(task: Task): Promise<Reading<Service>> {
  await withdraw(task, traitsInKernel(await readKernel(task), task.settings), undefined);
  task.deadline.doing(`asking EC2 and the metadata service about ${nameOfTarget(task.settings)}`);
  const [metadata, ec2] = await Promise.all([askMetadata(task), askEc2(task)]);
  if (metadata.state === 'present') return metadata;
  return ec2.state === 'unknown' ? metadata : ec2;
}

async function askEc2(task: Task): Promise<Reading<Service>> {
  try {
    return await task.deadline.bound(describe(task), RESERVE_MS);
  } catch (error) {
    return unknown(asAgentError(error).message);
  }
}

async function describe(task: Task): Promise<Reading<Service>> {
  const { ec2 } = await locate(task, undefined);
  const eni = await ec2.find(targetOf(task.settings));
  if (eni === undefined) return absent;
  const advice = await seekAdvice(task, () => ec2.subnet(eni.subnetId));
  return present(serviceOf(eni, 'told' in advice ? advice.told : undefined));
}

async function locate({ ports, settings }: Task, state: State | undefined): Promise<Whereabouts> {
  const { instanceId, region } = state ?? (await ports.metadata.identity());
  return { instanceId, ec2: ports.networkInterfaces(settings.region ?? region) };
}

import type { Eni, Identity, Instance, Subnet, TypeLimits } from '../core/eni.ts';
import { AgentError } from '../core/failure.ts';
import type { InstanceId } from '../core/ids.ts';
import { desiredMtu } from '../core/mtu.ts';
import type { Occupancy } from '../core/obstacles.ts';
import { isHere, limitsMatter } from '../core/obstacles.ts';
import type { Known } from '../core/plan.ts';
import type { Service } from '../core/service.ts';
import { serviceOf } from '../core/service.ts';
import { nameOfTarget } from '../core/settings.ts';
import type { Detaching, NetworkInterfaces } from '../ports/agent.ts';
import { detachingOf, progressOf } from './detaching.ts';
import { lookUpSubnet } from './learn-subnet.ts';
import { readKernel } from './local-network.ts';
import { findDefaultDevices } from './mtu.ts';
import { persist } from './persist.ts';
import { seekAdvice } from './seek-advice.ts';
import type { Unservable } from './servable.ts';
import { servablePart } from './servable.ts';
import type { Task } from './task.ts';
import { targetOf } from './task.ts';

/**
 * What a start has seen, each part kept until something happened that may have changed it. An answer of EC2 to our
 * own request is fresher than a describe, which lags behind by up to seconds.
 */
export interface View {
  readonly identity: Identity;
  readonly ec2: NetworkInterfaces;
  readonly eni?: Eni | undefined;
  readonly subnet?: Subnet | undefined;
  /** Why EC2 did not tell it. */
  readonly subnetUntold?: AgentError | undefined;
  /** What an earlier start knew of the ENI. */
  readonly remembered?: Service | undefined;
  readonly here?: Instance | undefined;
  readonly holder?: Instance | 'absent' | undefined;
  readonly limits?: TypeLimits | undefined;
  /** EC2 was asked for them, and did not tell. */
  readonly areLimitsUntold?: boolean;
  readonly refusedIndexes?: readonly number[];
  /** Of the ENI's attachment to its holder. */
  readonly detaching?: Detaching | undefined;
  /** What of it is recorded for the next action. */
  readonly recorded?: Detaching | undefined;
  /** The last request to change something, if its answer got lost. */
  readonly lost?: string | undefined;
  /** Holders that the ENI may be taken from: EC2 has said that this instance may attach it. */
  readonly cleared?: readonly InstanceId[];
  /** For the ENI that is being released; `looks`: when to try for it, in ms since then. */
  readonly waiting?: { readonly sinceMs: number; readonly looks: Iterator<number> } | undefined;
  /** How long to wait before the next look where EC2's words contradict each other. */
  readonly pauses: Iterator<number>;
  /** How often the kernel has been configured: more than once means that it did not last. */
  readonly configurations?: number;
  /** What of the ENI this node can't serve: `eni` is without it. */
  readonly unservable?: Unservable | undefined;
  /** Of the main table, the preferred one first. */
  readonly defaultDevices?: readonly string[];
}

/** A new ENI is not known everywhere at once; EC2 is asked again before it is called missing. */
const NEW_ENI_PAUSE_MS = 1_000;

/** `view` with what is missing in it observed, and the kernel in any case: everything that `planStart` must know. */
export async function complete(task: Task, view: View): Promise<View & Known> {
  const [{ eni, unservable }, kernel, tableNumbers, defaultDevices] = await Promise.all([
    findServable(task, view),
    // Never kept: it changes without a word, and to believe an old look at it is to report what is not.
    readKernel(task),
    task.ports.tableNames.numbersOf(task.settings.routingTable),
    view.defaultDevices ?? findDefaultDevices(task),
  ]);
  const [{ subnet, subnetUntold }, { here, holder }, cleared, detaching] = await Promise.all([
    lookUpSubnet(task, view, eni),
    findInstances(task, view, eni),
    clear(task, view, eni),
    detachingOf(task, view.detaching, eni.attachment),
  ]);
  const unserved = unservable?.addresses;
  const limits = await lookUpLimits(task, view, { eni, here, unserved });
  const { refusedIndexes = [], configurations = 0 } = view;
  return {
    ...view,
    eni,
    subnet,
    subnetUntold,
    here,
    holder,
    unserved,
    limits,
    areLimitsUntold:
      view.areLimitsUntold === true || (limits === undefined && limitsMatter({ eni, here, unserved })),
    kernel,
    tableNumbers,
    refusedIndexes,
    detaching,
    ...progressOf(task, detaching),
    cleared,
    unservable,
    defaultDevices,
    mtu:
      configurations > 0
        ? undefined
        : desiredMtu(serviceOf(eni, subnet), task.settings, kernel, defaultDevices),
  };
}

/** Whether nothing but this node's kernel is left to look at, so that the look is no older than it takes. */
export function asksOnlyKernel({ eni, subnet, here }: View): boolean {
  return eni !== undefined && subnet !== undefined && here !== undefined;
}

async function findServable(
  task: Task,
  view: View,
): Promise<{ readonly eni: Eni; readonly unservable: Unservable | undefined }> {
  const { eni, unservable } = view;
  return eni === undefined ? servablePart(task, await findEni(task, view)) : { eni, unservable };
}

/** Without them EC2 may refuse the attach when the holder has lost the ENI; with a role that may not ask, that is all. */
async function lookUpLimits(task: Task, view: View, occupancy: Occupancy): Promise<TypeLimits | undefined> {
  if (view.limits !== undefined || view.areLimitsUntold === true || !limitsMatter(occupancy)) {
    return view.limits;
  }
  const { eni, here } = occupancy;
  const advice = await seekAdvice(task, () => view.ec2.limits(here.type));
  if ('told' in advice) return advice.told;
  task.ports.log.warn(
    `could not learn whether type ${here.type} has room for ${eni.id}: ${advice.untold.message}; if it has not, EC2 refuses the attach, and only once the holder has lost the ENI`,
  );
  return undefined;
}

async function findEni(task: Task, { ec2, lost }: View): Promise<Eni> {
  const name = nameOfTarget(task.settings);
  const find = (): Promise<Eni | undefined> => ec2.find(targetOf(task.settings));
  const activity = lost === undefined ? `finding ${name} in EC2` : `looking what became of ${lost}`;
  const first = await persist(task, activity, find);
  if (first !== undefined) return first;
  await task.ports.clock.sleep(NEW_ENI_PAUSE_MS);
  const second = await persist(task, activity, find);
  if (second !== undefined) return second;
  throw new AgentError(
    'node',
    `EC2 knows no such ENI: ${name}; check eni_id, ip and region, and that the ENI exists`,
  );
}

/** Asked before any holder loses the ENI, so that a missing permission leaves it where it is. */
async function clear(task: Task, view: View, eni: Eni): Promise<readonly InstanceId[]> {
  const { ec2, identity, cleared = [] } = view;
  const holder = eni.attachment?.instanceId;
  if (holder === undefined || holder === identity.instanceId || cleared.includes(holder)) return cleared;
  await persist(task, `asking EC2 whether ${identity.instanceId} may attach ${eni.id}`, () =>
    ec2.checkAttachAllowed(eni.id, identity.instanceId),
  );
  return [...cleared, holder];
}

interface Instances {
  readonly here: Instance;
  readonly holder: Instance | 'absent' | undefined;
}

async function findInstances(task: Task, view: View, eni: Eni): Promise<Instances> {
  const hereId = view.identity.instanceId;
  const holderId = eni.attachment?.instanceId;
  const otherId = holderId === hereId ? undefined : holderId;
  const holderKnown = otherId === undefined || (view.holder !== undefined && isSame(view.holder, otherId));
  if (view.here !== undefined && holderKnown) {
    return { here: view.here, holder: otherId === undefined ? undefined : view.holder };
  }
  const ids = otherId === undefined ? [hereId] : [hereId, otherId];
  const found = await persist(task, `describing ${ids.join(' and ')}`, () => view.ec2.instances(ids));
  const here = found.find(({ id }) => id === hereId);
  if (here === undefined) {
    throw new AgentError(
      'node',
      `EC2 knows no instance ${hereId} in region ${task.settings.region ?? view.identity.region}; check the parameter region`,
    );
  }
  if (isHere(eni, here) || otherId === undefined) return { here, holder: undefined };
  return { here, holder: found.find(({ id }) => id === otherId) ?? 'absent' };
}

function isSame(holder: Instance | 'absent', id: string): boolean {
  return holder === 'absent' || holder.id === id;
}

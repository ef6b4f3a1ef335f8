import type { Attachment, Eni } from '../core/eni.ts';
import { asAgentError } from '../core/failure.ts';
import type { DetachProgress } from '../core/force.ts';
import { isForceDue } from '../core/force.ts';
import type { EniId } from '../core/ids.ts';
import { growingPauses } from '../core/looks.ts';
import type { Service } from '../core/service.ts';
import type { Detaching, NetworkInterfaces } from '../ports/agent.ts';
import { detachingOf, forgetOthers, progressOf } from './detaching.ts';
import { isStillAttached } from './is-still-attached.ts';
import { persist } from './persist.ts';
import type { Whereabouts } from './stop.ts';
import type { Task } from './task.ts';

/** The device is looked for this often while the ENI is being pulled out. */
const DEVICE_LOOK_MS = 20;

/** After so long without its end, EC2 is asked what became of the detach. */
const DEVICE_PATIENCE_MS = 1_500;

/** EC2's word lags behind the device's end; it is asked again and again until it agrees. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 3_000;

/** A detach that ends as soon as usual needs no record for whoever goes on with it. */
const RECORD_AFTER_MS = 3_000;

/** An outage of EC2 is waited out for so long; whoever starts next can detach as well. */
const OUTAGE_PATIENCE_MS = 10_000;

/** Kept back from the time limit, so that a stop that has taken everything off this node can still say so. */
export const RESERVE_MS = 500;

/**
 * Gives the ENI back: detaches it from this instance and waits until its device is gone and EC2 agrees. When that
 * can't be had, `stop_fallback` decides: the service is off this node already and its link is down.
 */
export async function release(
  task: Task,
  service: Service,
  locate: () => Promise<Whereabouts>,
): Promise<void> {
  try {
    await task.deadline.bound((async () => giveBack(task, service, await locate()))(), RESERVE_MS);
    task.phases.reached('released');
  } catch (thrown) {
    const error = asAgentError(thrown);
    // Whatever came back, this node serves no more: to call that a failure would have it fenced for nothing.
    if (task.settings.stopFallback === 'fail') throw error;
    task.ports.log.warn(
      `${service.eniId} is isolated but may still be attached here: ${error.message}; the next start detaches it`,
    );
  }
}

async function giveBack(task: Task, service: Service, { ec2, instanceId }: Whereabouts): Promise<void> {
  const { eniId, mac } = service;
  const { clock, devices, detachRecord } = task.ports;
  const pauses = growingPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, clock.random);
  let detaching: Detaching | undefined;
  let recorded: Detaching | undefined;
  for (;;) {
    const attachment = await findAttachment(task, service, ec2);
    const deviceIsGone = (await devices.look(mac)) === 'absent';
    if (attachment?.instanceId !== instanceId) {
      if (deviceIsGone) {
        // What a start here has asked of another holder is the next start's.
        await forgetOthers(task, attachment);
        return;
      }
      task.deadline.doing(
        `waiting for the kernel to lose the device of ${eniId}, which EC2 says is not here`,
      );
    } else {
      const seen = detaching;
      detaching = await detachingOf(task, seen, attachment);
      const isDue = isForceDue(progressFor(task, detaching), task.settings);
      if (attachment.status !== 'detaching' || isDue) {
        const force = task.settings.detachMode === 'force' || isDue;
        if (!(await detach(task, attachment, { force, eniId, ec2, pauses }))) continue;
        task.phases.reached('detached');
        if (force || detaching === undefined) {
          detaching = { attachmentId: attachment.id, sinceMs: clock.nowMs(), forced: force };
        }
      }
      const isLong = detaching !== undefined && clock.nowMs() - detaching.sinceMs >= RECORD_AFTER_MS;
      if (isLong && detaching !== undefined && detaching !== recorded) {
        await detachRecord.write(detaching);
        recorded = detaching;
      }
    }
    if (deviceIsGone) await clock.sleep(pauses.next().value);
    else await deviceGone(task, service);
  }
}

interface DetachOptions {
  readonly force: boolean;
  readonly eniId: EniId;
  readonly ec2: NetworkInterfaces;
  /** Between looks whether it is there still, where that is refused. */
  readonly pauses: Iterator<number, never>;
}

/** `false`: it was refused, and is not there any more. */
async function detach(
  task: Task,
  { id, instanceId }: Attachment,
  { force, eniId, ec2, pauses }: DetachOptions,
): Promise<boolean> {
  const activity = `detaching ${eniId} (${id}) from ${instanceId}${force ? ' by force' : ''}`;
  try {
    const answer = await persist(task, activity, () => ec2.detach(id, { force }), OUTAGE_PATIENCE_MS);
    task.deadline.blame(answer.is === 'accepted' ? undefined : `${activity}: ${answer.said}`);
    return true;
  } catch (thrown) {
    const error = asAgentError(thrown);
    const find = (): Promise<Eni | undefined> => ec2.find({ eniId });
    if (error.kind === 'permission' && !(await isStillAttached(task, find, id, pauses))) return false;
    throw error;
  }
}

async function findAttachment(
  task: Task,
  { eniId }: Service,
  ec2: NetworkInterfaces,
): Promise<Attachment | undefined> {
  const find = (): Promise<Eni | undefined> => ec2.find({ eniId });
  return (await persist(task, `asking EC2 who holds ${eniId}`, find, OUTAGE_PATIENCE_MS))?.attachment;
}

/** Where an ENI that is isolated may stay attached, nothing is forced only because the time ends. */
function progressFor(task: Task, detaching: Detaching | undefined): DetachProgress {
  const progress = progressOf(task, detaching);
  if (task.settings.stopFallback === 'isolate') return { ...progress, remainingMs: Number.POSITIVE_INFINITY };
  return { ...progress, remainingMs: progress.remainingMs - RESERVE_MS };
}

/** Resolves when the device is gone, or when it is time to ask EC2 again. */
async function deviceGone({ ports, deadline }: Task, { eniId, mac }: Service): Promise<void> {
  const { clock, devices } = ports;
  deadline.doing(`waiting for the device of ${eniId} to be pulled out`);
  const untilMs = clock.nowMs() + DEVICE_PATIENCE_MS;
  while (clock.nowMs() < untilMs) {
    if ((await devices.look(mac)) === 'absent') return;
    await clock.sleep(DEVICE_LOOK_MS);
  }
}

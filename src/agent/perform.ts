import type { Eni } from '../core/eni.ts';
import { asAgentError } from '../core/failure.ts';
import { releaseLooks } from '../core/looks.ts';
import type { Known, Step } from '../core/plan.ts';
import type { Clock, DetachAnswer } from '../ports/agent.ts';
import type { Lost } from './attempt.ts';
import { attempt, isLost } from './attempt.ts';
import { whyForced, whyNeverForced } from './detaching.ts';
import { isStillAttached } from './is-still-attached.ts';
import { lookUpSubnetHere } from './learn-subnet.ts';
import { warnOfMtu } from './mtu.ts';
import { isCutOff } from './persist.ts';
import type { Task } from './task.ts';
import type { View } from './view.ts';

/** The kernel shows a new device at any moment; a look costs a few microseconds. */
const DEVICE_LOOK_MS = 10;

/** If no device has come for so long, EC2 is asked whether the ENI is still on its way. */
const DEVICE_PATIENCE_MS = 3_000;

/** EC2 is asked again who holds the ENI once a release takes longer than usual: the holder may have changed. */
const RELEASE_PATIENCE_MS = 3_200;

/**
 * Takes one step of a start. The view that comes back holds what is still known to be true; what the step may have
 * changed, or what EC2 contradicted, is left out of it and so observed again.
 */
export function perform(task: Task, known: View & Known, step: Step): Promise<View> {
  switch (step.do) {
    case 'detach':
      return detach(task, known, step);
    case 'attach':
      return attach(task, known, step);
    case 'await-device':
      return awaitDevice(task, known);
    case 'learn-subnet':
      return learnSubnet(task, known);
    case 'configure':
      return configure(task, known, step);
    default:
      return step satisfies never;
  }
}

async function detach(task: Task, known: View & Known, step: Step & { do: 'detach' }): Promise<View> {
  const { eni } = known;
  const how = step.force ? ' by force' : '';
  const why = whyForced(known, step, task);
  const log = why === undefined ? task.ports.log.info : task.ports.log.warn;
  log(`detaching ${eni.id} from ${step.from}${how}${why ?? ''}`);
  const activity = `detaching ${eni.id} (${step.attachmentId}) from ${step.from}${how}`;
  const answer = await detachUnlessGone(task, known, step, activity);
  if (answer === undefined) return { ...known, eni: undefined, lost: undefined };
  if (isLost(answer)) return { ...known, eni: undefined, lost: answer.lost };
  if (answer.is !== 'not-now') task.phases.reached('detached');
  task.deadline.blame(answer.is === 'accepted' ? undefined : `${activity}: ${answer.said}`);
  const { clock } = task.ports;
  // One by force has its own time, or the next look would force again at once.
  const isForced = step.force && answer.is === 'accepted';
  const detaching =
    known.detaching === undefined || isForced
      ? { attachmentId: step.attachmentId, sinceMs: clock.nowMs(), forced: isForced }
      : known.detaching;
  if (answer.is !== 'accepted') {
    const noted = answer.is === 'not-now' ? await record(task, { ...known, detaching }) : known;
    // What EC2 describes lags behind what it does: asked at once, it would tell of the same attachment again.
    await clock.sleep(known.pauses.next().value);
    return { ...noted, eni: undefined, lost: undefined };
  }
  const attachment = eni.attachment && { ...eni.attachment, status: 'detaching' as const };
  return { ...known, lost: undefined, eni: { ...eni, attachment }, detaching, waiting: waitFrom(clock) };
}

/** `undefined`: it was refused, and is not there any more. */
async function detachUnlessGone(
  task: Task,
  { ec2, eni, pauses }: View & Known,
  { attachmentId, force }: Step & { do: 'detach' },
  activity: string,
): Promise<DetachAnswer | Lost | undefined> {
  try {
    return await attempt(task, pauses, activity, () => ec2.detach(attachmentId, { force }));
  } catch (thrown) {
    const error = asAgentError(thrown);
    const find = (): Promise<Eni | undefined> => ec2.find({ eniId: eni.id });
    if (error.kind !== 'permission' || (await isStillAttached(task, find, attachmentId, pauses))) throw error;
    return undefined;
  }
}

async function attach(task: Task, known: View & Known, step: Step & { do: 'attach' }): Promise<View> {
  const { clock } = task.ports;
  const { eni, here } = known;
  const waiting = known.waiting ?? waitFrom(clock);
  const holder = eni.attachment?.instanceId;
  const wait = step.ifFree ? `waiting for EC2 to release ${eni.id} from ${holder}, then ` : '';
  const activity = `${wait}attaching ${eni.id} to ${here.id} at device index ${step.deviceIndex}`;
  if (step.ifFree) {
    task.deadline.doing(activity, whyNeverForced(known, task));
    await clock.sleep(waiting.sinceMs + waiting.looks.next().value - clock.nowMs());
  }
  const askedMs = clock.nowMs();
  const answer = await attempt(task, known.pauses, activity, () =>
    known.ec2.attach(eni.id, here.id, step.deviceIndex),
  );
  if (isLost(answer)) return { ...known, eni: undefined, lost: answer.lost };
  // That EC2 has not let go yet is what is being waited for.
  const isExpected = answer.is === 'accepted' || (answer.is === 'in-use' && step.ifFree);
  task.deadline.blame(isExpected ? undefined : `${activity}: ${answer.said}`);
  switch (answer.is) {
    case 'accepted':
      task.phases.reached('available', askedMs);
      task.phases.reached('attached');
      if (known.detaching !== undefined) await task.ports.detachRecord.remove();
      return {
        ...known,
        lost: undefined,
        eni: { ...eni, attachment: answer.attachment },
        detaching: undefined,
        recorded: undefined,
        waiting: undefined,
      };
    case 'index-taken':
      await clock.sleep(known.pauses.next().value);
      return {
        ...known,
        eni: undefined,
        here: undefined,
        refusedIndexes: [...known.refusedIndexes, step.deviceIndex],
      };
    case 'in-use': {
      const waitedMs = clock.nowMs() - waiting.sinceMs;
      if (step.ifFree && waitedMs < RELEASE_PATIENCE_MS) return { ...known, waiting };
      if (step.ifFree) return { ...(await record(task, known)), eni: undefined, waiting };
      await clock.sleep(known.pauses.next().value);
      return { ...known, eni: undefined };
    }
    default:
      return answer satisfies never;
  }
}

/** Of a detach that does not end as soon as usual, for whoever goes on with it. */
async function record(task: Task, view: View): Promise<View> {
  const { detaching, recorded } = view;
  if (detaching !== undefined && detaching !== recorded) await task.ports.detachRecord.write(detaching);
  return { ...view, recorded: detaching };
}

function waitFrom({ nowMs, random }: Clock): NonNullable<View['waiting']> {
  return { sinceMs: nowMs(), looks: releaseLooks(random) };
}

async function awaitDevice(task: Task, known: View & Known): Promise<View> {
  const { clock, devices } = task.ports;
  const { eni } = known;
  task.deadline.blame(undefined);
  task.deadline.doing(
    `waiting for the kernel to show a device with MAC ${eni.mac}`,
    `EC2 says that ${eni.id} is ${eni.attachment?.status} here`,
  );
  const untilMs = clock.nowMs() + DEVICE_PATIENCE_MS;
  while (clock.nowMs() < untilMs) {
    if ((await devices.look(eni.mac)) === 'settled') {
      task.phases.reached('device');
      return known;
    }
    await clock.sleep(DEVICE_LOOK_MS);
  }
  return { ...known, eni: undefined };
}

async function learnSubnet(task: Task, known: View & Known): Promise<View> {
  task.deadline.blame(undefined);
  const subnet = await lookUpSubnetHere(task, known, known.eni);
  if (subnet === undefined) await task.ports.clock.sleep(known.pauses.next().value);
  return { ...known, subnet };
}

async function configure(task: Task, known: View & Known, step: Step & { do: 'configure' }): Promise<View> {
  const { clock, log, routing } = task.ports;
  const { configurations = 0 } = known;
  task.deadline.doing(`configuring the device of ${known.eni.id}`);
  // Somebody undoes what is done: not a contest of who is faster.
  if (configurations > 0) await clock.sleep(known.pauses.next().value);
  try {
    warnOfMtu(task, await routing.apply(step.changes));
  } catch (thrown) {
    const error = asAgentError(thrown);
    if (error.kind !== 'transient') throw error;
    // A device that was renamed or unplugged in between: what holds now is seen by the next look.
    if (!isCutOff(task, error)) task.deadline.blame(error.message);
    log.debug(error.message);
    await clock.sleep(DEVICE_LOOK_MS);
    return known;
  }
  task.deadline.blame(undefined);
  return { ...known, configurations: configurations + 1 };
}

import { plug } from './apply-effect.ts';
import { attachedTo, emit, replaceAttachment, replaceInstance, schedule } from './replace.ts';
import type { Instance, WorldState } from './world-state.ts';

/**
 * The instance stops at once. Its devices go with the guest, without an event; its attachments stay, and a
 * detach that a hung guest held up ends.
 */
export function powerOff(state: WorldState, instanceId: string): WorldState {
  const instance = instanceOf(state, instanceId);
  if (instance.power !== 'running') throw new Error(`${instanceId} is ${instance.power}, not running`);
  return leaveGuest(state, { ...instance, power: 'stopped' });
}

/** ENIs that EC2 made with the instance go with it, others become `available` after the usual time. */
export function terminate(state: WorldState, instanceId: string): WorldState {
  const instance = instanceOf(state, instanceId);
  if (instance.power === 'terminated') throw new Error(`${instanceId} is already terminated`);
  let next = leaveGuest(state, { ...instance, power: 'terminated' });
  for (const { eni, attachment } of attachedTo(next, instanceId)) {
    if (attachment.deleteOnTermination) {
      const { [eni.id]: _gone, ...enis } = next.enis;
      next = { ...next, enis };
    } else if (attachment.status !== 'detaching') {
      next = replaceAttachment(next, eni, { status: 'detaching' });
      const due = next.nowMs + next.latencies.detachMs;
      next = schedule(next, due, { is: 'detached', attachmentId: attachment.id });
    }
  }
  return next;
}

/** A stopped instance runs again at once, with a device for each ENI that is attached to it. */
export function boot(state: WorldState, instanceId: string): WorldState {
  const instance = instanceOf(state, instanceId);
  if (instance.power !== 'stopped') throw new Error(`${instanceId} is ${instance.power}, not stopped`);
  const held = attachedTo(state, instanceId).filter(({ attachment }) => attachment.status === 'attached');
  const listed = held.map(({ eni }) => eni.id);
  let next = replaceInstance(state, { ...instance, power: 'running', burned: [], listed });
  for (const { eni, attachment } of held) {
    next = emit(replaceAttachment(next, eni, { plugged: true }), 'plug', eni, attachment);
  }
  return next;
}

export function hang(state: WorldState, instanceId: string): WorldState {
  return replaceInstance(state, { ...instanceOf(state, instanceId), hung: true });
}

/** The guest catches up: waiting detaches take their usual time from now, waiting devices show up. */
export function unhang(state: WorldState, instanceId: string): WorldState {
  const freed = replaceInstance(state, { ...instanceOf(state, instanceId), hung: false });
  let next = freeDetaching(freed, instanceId);
  for (const { eni, attachment } of attachedTo(next, instanceId)) next = plug(next, eni, attachment);
  return next;
}

export function instanceOf(state: WorldState, instanceId: string): Instance {
  const instance = state.instances[instanceId];
  if (instance === undefined) throw new Error(`no instance ${instanceId}`);
  return instance;
}

function leaveGuest(state: WorldState, instance: Instance): WorldState {
  let next = replaceInstance(state, { ...instance, hung: false, listed: [] });
  for (const { eni } of attachedTo(next, instance.id))
    next = replaceAttachment(next, eni, { plugged: false });
  return instanceOf(state, instance.id).hung ? freeDetaching(next, instance.id) : next;
}

function freeDetaching(state: WorldState, instanceId: string): WorldState {
  let next = state;
  for (const { attachment } of attachedTo(state, instanceId)) {
    if (attachment.status !== 'detaching') continue;
    const due = state.nowMs + state.latencies.detachMs;
    next = schedule(next, due, { is: 'detached', attachmentId: attachment.id });
  }
  return next;
}

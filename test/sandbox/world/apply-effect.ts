import {
  emit,
  eniOfAttachment,
  replaceAttachment,
  replaceEni,
  replaceInstance,
  schedule,
} from './replace.ts';
import type { Attachment, Effect, Eni, WorldState } from './world-state.ts';

/** One thing that fell due. An effect whose attachment has moved on since it was scheduled does nothing. */
export function applyEffect(state: WorldState, effect: Effect, atMs: number): WorldState {
  if ('eniId' in effect) return list(state, effect);
  const eni = eniOfAttachment(state, effect.attachmentId);
  if (eni?.attachment === undefined) return state;
  switch (effect.is) {
    case 'attached':
      return attached(state, eni, eni.attachment, atMs);
    case 'plug':
      return plug(state, eni, eni.attachment);
    case 'detached':
      return detached(state, eni, eni.attachment, atMs);
    default:
      return effect satisfies never;
  }
}

function attached(state: WorldState, eni: Eni, attachment: Attachment, atMs: number): WorldState {
  if (attachment.status !== 'attaching') return state;
  const { deviceMs, imdsMs } = state.latencies;
  const { instanceId } = attachment;
  const next = replaceAttachment(state, eni, { status: 'attached' });
  const plugging = schedule(next, atMs + deviceMs, { is: 'plug', attachmentId: attachment.id });
  return schedule(plugging, atMs + imdsMs, { is: 'listed', instanceId, eniId: eni.id });
}

/** A device that could not come because the guest was off or hung comes with its boot or recovery. */
export function plug(state: WorldState, eni: Eni, attachment: Attachment): WorldState {
  const holder = state.instances[attachment.instanceId];
  if (attachment.status !== 'attached' || attachment.plugged) return state;
  if (holder?.power !== 'running' || holder.hung) return state;
  return emit(replaceAttachment(state, eni, { plugged: true }), 'plug', eni, attachment);
}

function detached(state: WorldState, eni: Eni, attachment: Attachment, atMs: number): WorldState {
  const { instanceId } = attachment;
  const holder = state.instances[instanceId];
  const running = holder?.power === 'running';
  if (attachment.status !== 'detaching' || (running && holder.hung && !attachment.forced)) return state;
  let next = replaceEni(state, { ...eni, attachment: undefined });
  if (attachment.plugged) next = emit(next, 'unplug', eni, attachment);
  // "The instance metadata might not get updated … until you stop and start the instance"
  // (EC2 API reference, DetachNetworkInterface, Force).
  if (attachment.forced && running && state.forcedDetachLeavesTraces) {
    return replaceInstance(next, { ...holder, burned: [...holder.burned, attachment.deviceIndex] });
  }
  return schedule(next, atMs + state.latencies.imdsMs, { is: 'unlisted', instanceId, eniId: eni.id });
}

function list(state: WorldState, effect: Extract<Effect, { eniId: string }>): WorldState {
  const { instanceId, eniId } = effect;
  const instance = state.instances[instanceId];
  const here = state.enis[eniId]?.attachment?.instanceId === instanceId;
  if (instance?.power !== 'running' || here !== (effect.is === 'listed')) return state;
  const others = instance.listed.filter((id) => id !== eniId);
  return replaceInstance(state, { ...instance, listed: here ? [...others, eniId] : others });
}

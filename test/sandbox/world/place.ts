import { attachmentIdOf } from './attach-interface.ts';
import { instanceOf } from './power.ts';
import { attachedTo, emit, replaceEni, replaceInstance } from './replace.ts';
import type { Attachment, Eni, WorldState } from './world-state.ts';

export type Place = 'available' | { readonly attachedTo: string; readonly deviceIndex: number };

/**
 * Puts an ENI where a test wants it, at once and for all eyes: no latency, no stale describe, metadata and
 * device included. Nobody's permission is asked.
 */
export function place(state: WorldState, eniId: string, to: Place): WorldState {
  const eni = state.enis[eniId];
  if (eni === undefined) throw new Error(`no ENI ${eniId}`);
  const free = take(state, eni);
  const next = to === 'available' ? free : put(free, { ...eni, attachment: undefined }, to);
  return { ...next, history: [] };
}

function take(state: WorldState, eni: Eni): WorldState {
  const { attachment } = eni;
  if (attachment === undefined) return state;
  const instance = instanceOf(state, attachment.instanceId);
  const listed = instance.listed.filter((id) => id !== eni.id);
  const next = replaceEni(replaceInstance(state, { ...instance, listed }), { ...eni, attachment: undefined });
  return attachment.plugged ? emit(next, 'unplug', eni, attachment) : next;
}

function put(state: WorldState, eni: Eni, to: Exclude<Place, 'available'>): WorldState {
  const instance = instanceOf(state, to.attachedTo);
  if (attachedTo(state, instance.id).some(({ attachment }) => attachment.deviceIndex === to.deviceIndex)) {
    throw new Error(`${instance.id} has an interface at device index ${to.deviceIndex}`);
  }
  const running = instance.power === 'running';
  const count = state.attachmentCount + 1;
  const attachment: Attachment = {
    id: attachmentIdOf(count),
    instanceId: instance.id,
    deviceIndex: to.deviceIndex,
    status: 'attached',
    sinceMs: state.nowMs,
    deleteOnTermination: false,
    plugged: running,
    forced: false,
  };
  const held = replaceEni({ ...state, attachmentCount: count }, { ...eni, attachment });
  if (!running) return held;
  const next = replaceInstance(held, { ...instance, listed: [...instance.listed, eni.id] });
  return emit(next, 'plug', eni, attachment);
}

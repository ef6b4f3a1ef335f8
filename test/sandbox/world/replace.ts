import type { Attachment, DeviceEvent, Due, Effect, Eni, Instance, WorldState } from './world-state.ts';

export function replaceEni(state: WorldState, eni: Eni): WorldState {
  return { ...state, enis: { ...state.enis, [eni.id]: eni } };
}

export function replaceInstance(state: WorldState, instance: Instance): WorldState {
  return { ...state, instances: { ...state.instances, [instance.id]: instance } };
}

export function replaceAttachment(state: WorldState, eni: Eni, change: Partial<Attachment>): WorldState {
  if (eni.attachment === undefined) throw new Error(`${eni.id} has no attachment`);
  return replaceEni(state, { ...eni, attachment: { ...eni.attachment, ...change } });
}

/** Keeps the order of what falls due at the same moment. */
export function schedule(state: WorldState, atMs: number, effect: Effect): WorldState {
  const at = state.due.findIndex((due) => due.atMs > atMs);
  const index = at === -1 ? state.due.length : at;
  const entry: Due = { atMs, effect };
  return { ...state, due: state.due.toSpliced(index, 0, entry) };
}

export function emit(state: WorldState, is: DeviceEvent['is'], eni: Eni, attachment: Attachment): WorldState {
  const { instanceId, deviceIndex } = attachment;
  const event: DeviceEvent = { is, instanceId, eniId: eni.id, deviceIndex, mac: eni.mac };
  return { ...state, events: [...state.events, event] };
}

/** Of the instance, lowest device index first. */
export function attachedTo(
  state: WorldState,
  instanceId: string,
): readonly { readonly eni: Eni; readonly attachment: Attachment }[] {
  return Object.values(state.enis)
    .flatMap((eni) =>
      eni.attachment?.instanceId === instanceId ? [{ eni, attachment: eni.attachment }] : [],
    )
    .toSorted((one, other) => one.attachment.deviceIndex - other.attachment.deviceIndex);
}

export function eniOfAttachment(state: WorldState, attachmentId: string): Eni | undefined {
  return Object.values(state.enis).find(({ attachment }) => attachment?.id === attachmentId);
}

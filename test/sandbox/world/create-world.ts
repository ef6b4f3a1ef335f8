import { applyEffect } from './apply-effect.ts';
import type { AttachRequest } from './attach-interface.ts';
import { attachInterface } from './attach-interface.ts';
import type { CreateRequest } from './create-interface.ts';
import { createInterface } from './create-interface.ts';
import type { DetachRequest } from './detach-interface.ts';
import { detachInterface } from './detach-interface.ts';
import type { Edit } from './edit.ts';
import { edit } from './edit.ts';
import { recall, remember } from './history.ts';
import { initialState } from './initial-state.ts';
import type { Place } from './place.ts';
import { place } from './place.ts';
import * as power from './power.ts';
import { replaceInstance } from './replace.ts';
import { requirePermission } from './require-permission.ts';
import type {
  AddressLimits,
  DeviceEvent,
  Eni,
  Instance,
  Latencies,
  SecurityGroup,
  Subnet,
  View,
  WorldState,
} from './world-state.ts';

export interface WorldOptions {
  readonly subnets: readonly Subnet[];
  /** All run from the start. Each has its own ENI at device index 0 from the start, which goes with it. */
  readonly instances: readonly (Pick<Instance, 'id' | 'type' | 'subnetId'> & {
    readonly own: Omit<Eni, 'attachment'>;
  })[];
  /** Free from the start. */
  readonly enis: readonly Omit<Eni, 'attachment'>[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly instanceTypes: Readonly<Record<string, number>>;
  readonly addressLimits?: Readonly<Record<string, AddressLimits>>;
  readonly latencies: Latencies;
  /** A forced detach leaves its device index unusable and the metadata service wrong until the next boot. */
  readonly forcedDetachLeavesTraces: boolean;
}

/**
 * EC2 as far as an ENI that moves needs it. No clock: each operation says when it happens, times never go
 * back, and what falls due in between has happened before the operation. The same calls give the same world.
 */
export interface World {
  /** Lets time pass. @returns what happened to devices since the last call, in order */
  advance(nowMs: number): readonly DeviceEvent[];
  /** When something happens next by itself. */
  nextDueMs(): number | undefined;
  /** @returns the attachment id. @throws {Ec2Refusal} */
  attach(nowMs: number, request: AttachRequest): string;
  /** @throws {Ec2Refusal} */
  detach(nowMs: number, request: DetachRequest): void;
  /** @throws {Ec2Refusal} */
  authorize(nowMs: number, caller: string | undefined, action: string, dryRun: boolean): void;
  /** What a describe answers: the world of `staleMs` ago. */
  described(nowMs: number): View;
  /** The truth. */
  actual(nowMs: number): WorldState;
  powerOff(nowMs: number, instanceId: string): void;
  terminate(nowMs: number, instanceId: string): void;
  boot(nowMs: number, instanceId: string): void;
  hang(nowMs: number, instanceId: string): void;
  unhang(nowMs: number, instanceId: string): void;
  place(nowMs: number, eniId: string, to: Place): void;
  setLatencies(nowMs: number, latencies: Partial<Latencies>): void;
  setPermissions(nowMs: number, instanceId: string, permissions: Instance['permissions']): void;
  /** What nobody does by a call that is modelled. At once and for all eyes. */
  edit(nowMs: number, edit: Edit): void;
  /** @returns the new ENI. @throws {Ec2Refusal} */
  create(nowMs: number, request: CreateRequest): Eni;
  /** A second world with the same past; the two go their own ways from here. */
  fork(): World;
}

export function createWorld(options: WorldOptions): World {
  return worldOf(initialState(options));
}

function worldOf(initial: WorldState): World {
  let state = initial;
  const change = (nowMs: number, operation: (now: WorldState) => WorldState): void => {
    state = settle(state, nowMs);
    state = remember(operation(state), nowMs);
  };
  return {
    advance: (nowMs) => {
      const { events } = settle(state, nowMs);
      state = { ...settle(state, nowMs), events: [] };
      return events;
    },
    nextDueMs: () => state.due[0]?.atMs,
    attach: (nowMs, request) => {
      let id = '';
      change(nowMs, (now) => {
        const accepted = attachInterface(now, request);
        id = accepted.attachment.id;
        return accepted.state;
      });
      return id;
    },
    detach: (nowMs, request) => change(nowMs, (now) => detachInterface(now, request)),
    authorize: (nowMs, caller, action, dryRun) => {
      state = settle(state, nowMs);
      requirePermission(state, caller, action, dryRun);
    },
    described: (nowMs) => {
      state = settle(state, nowMs);
      return recall(state, nowMs - state.latencies.staleMs);
    },
    actual: (nowMs) => {
      state = settle(state, nowMs);
      return state;
    },
    powerOff: (nowMs, id) => change(nowMs, (now) => power.powerOff(now, id)),
    terminate: (nowMs, id) => change(nowMs, (now) => power.terminate(now, id)),
    boot: (nowMs, id) => change(nowMs, (now) => power.boot(now, id)),
    hang: (nowMs, id) => change(nowMs, (now) => power.hang(now, id)),
    unhang: (nowMs, id) => change(nowMs, (now) => power.unhang(now, id)),
    place: (nowMs, eniId, to) => change(nowMs, (now) => place(now, eniId, to)),
    setLatencies: (nowMs, latencies) =>
      change(nowMs, (now) => ({ ...now, latencies: { ...now.latencies, ...latencies } })),
    setPermissions: (nowMs, id, permissions) =>
      change(nowMs, (now) => replaceInstance(now, { ...power.instanceOf(now, id), permissions })),
    edit: (nowMs, what) => change(nowMs, (now) => ({ ...edit(now, what), history: [] })),
    create: (nowMs, request) => {
      let made: Eni | undefined;
      change(nowMs, (now) => {
        const created = createInterface(now, request);
        made = created.eni;
        return created.state;
      });
      if (made === undefined) throw new Error('no ENI was created');
      return made;
    },
    fork: () => worldOf(state),
  };
}

/** Everything that falls due up to `nowMs` has happened, each thing at its own time. */
function settle(state: WorldState, nowMs: number): WorldState {
  if (nowMs < state.nowMs) throw new Error(`time went back from ${state.nowMs} ms to ${nowMs} ms`);
  let now = state;
  for (let next = now.due[0]; next !== undefined && next.atMs <= nowMs; next = now.due[0]) {
    const before = { ...now, nowMs: next.atMs, due: now.due.slice(1) };
    now = remember(applyEffect(before, next.effect, next.atMs), next.atMs);
  }
  return { ...now, nowMs };
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planVpc } from '../plan-vpc.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../sandbox-options.ts';
import type { World } from './create-world.ts';
import { createWorld } from './create-world.ts';
import { Ec2Refusal } from './ec2-refusal.ts';
import type { DeviceEvent } from './world-state.ts';

type Operation =
  | { readonly do: 'attach'; readonly to: string; readonly index: number }
  | { readonly do: 'detach'; readonly force: boolean }
  | { readonly do: 'hang' | 'unhang' | 'powerOff' | 'boot'; readonly instance: string };

const instance = fc.constantFrom(NODE_A, NODE_B);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ do: fc.constant('attach' as const), to: instance, index: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ do: fc.constant('detach' as const), force: fc.boolean() }),
  fc.record({
    do: fc.constantFrom('hang' as const, 'unhang' as const, 'powerOff' as const, 'boot' as const),
    instance,
  }),
);
const history = fc.array(fc.tuple(fc.integer({ min: 0, max: 4_000 }), operation), { maxLength: 30 });

/** A guest that is switched off loses its devices without an event. */
type Seen = DeviceEvent | { readonly is: 'off'; readonly instanceId: string };

/** Runs the operations, each so many milliseconds after the one before. Refusals and impossible power changes count as done. */
function live(world: World, steps: readonly (readonly [number, Operation])[]): readonly Seen[] {
  let nowMs = 0;
  const events: Seen[] = [];
  for (const [waitMs, step] of steps) {
    nowMs += waitMs;
    events.push(...world.advance(nowMs));
    carryOut(world, nowMs, step);
    if (step.do === 'powerOff') events.push({ is: 'off', instanceId: step.instance });
  }
  events.push(...world.advance(nowMs));
  return events;
}

function carryOut(world: World, nowMs: number, step: Operation): void {
  const { enis, instances } = world.actual(nowMs);
  try {
    if (step.do === 'attach') {
      const request = { eniId: SERVICE_ENI, instanceId: step.to, deviceIndex: step.index };
      world.attach(nowMs, { caller: undefined, ...request });
    } else if (step.do === 'detach') {
      const attachmentId = enis[SERVICE_ENI]?.attachment?.id ?? 'eni-attach-0ffffffffffffffff';
      world.detach(nowMs, { caller: undefined, attachmentId, force: step.force });
    } else if (step.do === 'powerOff' || step.do === 'boot') {
      const fits = instances[step.instance]?.power === (step.do === 'boot' ? 'stopped' : 'running');
      if (fits) world[step.do](nowMs, step.instance);
    } else world[step.do](nowMs, step.instance);
  } catch (error) {
    if (!(error instanceof Ec2Refusal)) throw error;
  }
}

const newWorld = (): World => createWorld(planVpc({}).world);

test('the same operations give the same world', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const [one, other] = [newWorld(), newWorld()];
      expect(live(one, steps)).toEqual(live(other, steps));
      expect(one.actual(1e6)).toEqual(other.actual(1e6));
    }),
  );
});

test('the service device is never in two guests', () => {
  fc.assert(
    fc.property(history, (steps) => {
      let holder: string | undefined;
      for (const event of live(newWorld(), steps)) {
        if ('eniId' in event && event.eniId !== SERVICE_ENI) continue;
        if (event.is === 'plug') expect(holder).toBeUndefined();
        if (event.is === 'unplug') expect(holder).toBe(event.instanceId);
        if (event.is === 'plug') holder = event.instanceId;
        else if (holder === event.instanceId) holder = undefined;
      }
    }),
  );
});

test('without hung guests every change ends: nothing stays attaching or detaching', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const world = newWorld();
      live(world, [
        ...steps,
        [0, { do: 'unhang', instance: NODE_A }],
        [0, { do: 'unhang', instance: NODE_B }],
      ]);
      const { enis } = world.actual(1e6);
      expect(enis[SERVICE_ENI]?.attachment?.status ?? 'attached').toBe('attached');
      expect(world.nextDueMs()).toBeUndefined();
    }),
  );
});

test('however often it is looked at in between, the world ends up the same', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const [seldom, often] = [newWorld(), newWorld()];
      live(seldom, steps);
      const looks = steps.flatMap(([waitMs, step]): readonly (readonly [number, Operation | undefined])[] => [
        [Math.floor(waitMs / 2), undefined],
        [waitMs - Math.floor(waitMs / 2), step],
      ]);
      let nowMs = 0;
      for (const [waitMs, step] of looks) {
        nowMs += waitMs;
        often.described(nowMs);
        if (step !== undefined) carryOut(often, nowMs, step);
      }
      expect(often.actual(1e6).enis).toEqual(seldom.actual(1e6).enis);
    }),
  );
});

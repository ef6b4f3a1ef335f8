import fc from 'fast-check';
import type { Settings } from '../../../src/core/settings.ts';
import type { Cut } from '../../fakes/process.ts';

export type On = 'a' | 'b';

/** Why a start on a node can't end well, for as long as the schedule lasts. */
export type Obstacle = 'no permission to attach' | 'no free slot' | 'foreign default route';

/** One thing that happens, so many milliseconds after the one before it. */
export type Event = { readonly afterMs: number } & (
  | {
      readonly is: 'start' | 'stop' | 'monitor' | 'deep monitor' | 'probe';
      readonly on: On;
      readonly limitMs: number;
      readonly cut: Cut | undefined;
    }
  | {
      readonly is: 'fault';
      readonly on: On;
      readonly call: 'find' | 'instances' | 'subnet' | 'checkAttachAllowed' | 'attach' | 'detach';
      readonly when: 'before' | 'after' | { readonly lateMs: number };
      readonly kind: 'transient' | 'bug';
      readonly times: number;
    }
  /** From now on, each describe tells of a moment up to so long ago, a different one each time. */
  | { readonly is: 'stale'; readonly upToMs: number }
  /** `forget`: the state is lost, and the metadata service silent. `link up`: somebody sets the ENI's link up. */
  | { readonly is: 'hang' | 'unhang' | 'reboot' | 'forget' | 'link up'; readonly on: On }
  /** The next so many calls of ip. */
  | { readonly is: 'ip fails'; readonly on: On; readonly times: number }
  | { readonly is: 'rename'; readonly on: On; readonly name: string }
  | { readonly is: 'metadata'; readonly on: On; readonly answers: boolean }
  | {
      readonly is: 'lose';
      readonly on: On;
      readonly part: 'rule' | 'routes' | 'address' | 'link' | 'state';
    }
);

export interface Schedule {
  readonly seed: number;
  readonly settings: Partial<Settings>;
  readonly obstacles: Readonly<Partial<Record<On, Obstacle>>>;
  readonly events: readonly Event[];
  /** Where it must end well, once nothing goes wrong any more. */
  readonly finallyOn: On;
}

/** In one of four: enough for all combinations, and rare enough for things to go well in between. */
function rarely<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ arbitrary: fc.constant(undefined), weight: 3 }, { arbitrary: value, weight: 1 });
}

const on = fc.constantFrom<On>('a', 'b');
/** Short pauses within an action, long ones between actions. */
const afterMs = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 8_000 }));
const cut: fc.Arbitrary<Cut> = fc.record({
  atCall: fc.oneof(fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 400 })),
  afterChanges: fc.integer({ min: 0, max: 6 }),
});

const action = fc.record({
  afterMs,
  is: fc.constantFrom('start' as const, 'start' as const, 'stop' as const),
  on,
  limitMs: fc.integer({ min: 2_000, max: 40_000 }),
  cut: rarely(cut),
});

const monitor = fc.record({
  afterMs,
  is: fc.constantFrom('monitor' as const, 'deep monitor' as const, 'probe' as const),
  on,
  limitMs: fc.constant(30_000),
  cut: rarely(cut),
});

const fault = fc.record({
  afterMs,
  is: fc.constant('fault' as const),
  on,
  call: fc.constantFrom('find', 'instances', 'subnet', 'checkAttachAllowed', 'attach', 'detach'),
  when: fc.oneof(
    fc.constantFrom('before' as const, 'after' as const),
    fc.record({ lateMs: fc.integer({ min: 1, max: 6_000 }) }),
  ),
  kind: fc.constantFrom('transient', 'transient', 'transient', 'bug'),
  times: fc.constantFrom(1, 1, 2, 50),
});

const trouble = fc.oneof(
  fc.record({ afterMs, is: fc.constant('stale' as const), upToMs: fc.integer({ min: 0, max: 4_000 }) }),
  fc.record({ afterMs, is: fc.constantFrom('hang', 'unhang', 'reboot', 'forget', 'link up'), on }),
  fc.record({ afterMs, is: fc.constant('ip fails' as const), on, times: fc.constantFrom(1, 1, 2, 30) }),
  fc.record({ afterMs, is: fc.constant('rename' as const), on, name: fc.constantFrom('ens6', 'ens7') }),
  fc.record({ afterMs, is: fc.constant('metadata' as const), on, answers: fc.boolean() }),
  fc.record({
    afterMs,
    is: fc.constant('lose' as const),
    on,
    part: fc.constantFrom('rule', 'routes', 'address', 'link', 'state'),
  }),
);

const event = fc.oneof(
  { arbitrary: action, weight: 5 },
  { arbitrary: monitor, weight: 3 },
  { arbitrary: fault, weight: 2 },
  { arbitrary: trouble, weight: 2 },
) as fc.Arbitrary<Event>;

const obstacle = rarely(
  fc.constantFrom<Obstacle>('no permission to attach', 'no free slot', 'foreign default route'),
);

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  settings: fc.record({
    forceAfter: fc.constantFrom(0, 3_000, 10_000),
    detachMode: fc.constantFrom('auto', 'auto', 'graceful', 'force'),
    detachOnStop: fc.constantFrom(true, true, true, false),
    stopFallback: fc.constantFrom('isolate', 'fail'),
    repair: fc.boolean(),
    exclusive: fc.constantFrom(true, true, false),
    mtu: fc.constantFrom(undefined, 1_400, 9_216),
  }),
  obstacles: fc.record({ a: obstacle, b: obstacle }) as fc.Arbitrary<Schedule['obstacles']>,
  events: fc.array(event, { minLength: 1, maxLength: 16 }),
  finallyOn: on,
});

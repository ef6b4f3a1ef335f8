import { beforeEach, describe, expect, test } from 'vitest';
import { planVpc } from '../plan-vpc.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../sandbox-options.ts';
import type { World } from './create-world.ts';
import { createWorld } from './create-world.ts';
import { Ec2Refusal } from './ec2-refusal.ts';
import type { Eni, View } from './world-state.ts';

const MAC = '02:d4:e5:f6:07:18';
const SECOND_ENI = 'eni-0222222222222222b';
let world: World;

beforeEach(() => {
  world = worldWith({});
});

function worldWith(options: Parameters<typeof planVpc>[0]): World {
  const latencies = { attachMs: 1_500, deviceMs: 1_000, detachMs: 2_500, staleMs: 300, imdsMs: 1_000 };
  const moreEnis = [{ id: SECOND_ENI, ipv4: ['10.2.0.20'] as const }];
  const made = createWorld(planVpc({ moreEnis, latencies, ...options }).world);
  made.advance(0);
  return made;
}

function attach(nowMs: number, instanceId = NODE_A, deviceIndex = 1, eniId = SERVICE_ENI): string {
  return world.attach(nowMs, { caller: instanceId, eniId, instanceId, deviceIndex });
}

function detach(nowMs: number, attachmentId: string, force = false): void {
  world.detach(nowMs, { caller: NODE_B, attachmentId, force });
}

function eni(view: View, id: string = SERVICE_ENI): Eni {
  const found = view.enis[id];
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
}

function statusAt(nowMs: number): string {
  return eni(world.actual(nowMs)).attachment?.status ?? 'available';
}

function refusal(operation: () => unknown): string | undefined {
  try {
    operation();
    return undefined;
  } catch (error) {
    if (error instanceof Ec2Refusal) return error.code;
    throw error;
  }
}

function eventsUntil(nowMs: number): readonly string[] {
  return world.advance(nowMs).map(({ is, instanceId, mac }) => `${is} ${mac} ${instanceId}`);
}

describe('attaching', () => {
  test.each([
    [0, 'attaching'],
    [1_499, 'attaching'],
    [1_500, 'attached'],
  ])('%i ms after it was accepted the attachment is %s', (afterMs, status) => {
    attach(10_000);
    expect(statusAt(10_000 + afterMs)).toBe(status);
  });

  test('the device comes deviceMs after attached, and not before', () => {
    attach(0);
    expect(eventsUntil(2_499)).toEqual([]);
    expect(eventsUntil(2_500)).toEqual([`plug ${MAC} ${NODE_A}`]);
  });

  test('the metadata service lists it imdsMs after attached', () => {
    attach(0);
    expect(world.actual(2_499).instances[NODE_A]?.listed).not.toContain(SERVICE_ENI);
    expect(world.actual(2_500).instances[NODE_A]?.listed).toContain(SERVICE_ENI);
  });

  test('to a stopped instance it is done at once, and the device comes with the boot', () => {
    world.powerOff(0, NODE_A);
    attach(0);
    expect(statusAt(0)).toBe('attached');
    expect(eventsUntil(60_000)).toEqual([]);
    world.boot(60_000, NODE_A);
    expect(eventsUntil(60_000)).toEqual([`plug 02:aa:aa:aa:aa:aa ${NODE_A}`, `plug ${MAC} ${NODE_A}`]);
  });

  test.each<[string, () => unknown]>([
    ['InvalidNetworkInterfaceId.Malformed', () => attach(0, NODE_A, 1, '10.2.0.10')],
    ['InvalidNetworkInterfaceID.NotFound', () => attach(0, NODE_A, 1, 'eni-0123456789abcdef0')],
    ['InvalidInstanceID.Malformed', () => attach(0, 'node-a')],
    ['InvalidParameterValue', () => attach(0, NODE_A, 32)],
    ['InvalidParameterValue', () => attach(0, NODE_A, 0)],
  ])('%s', (code, operation) => {
    expect(refusal(operation)).toBe(code);
    expect(statusAt(0)).toBe('available');
  });

  test('what is attached anywhere, or is only leaving, is in use', () => {
    const id = attach(0);
    expect(refusal(() => attach(100, NODE_B))).toBe('InvalidNetworkInterface.InUse');
    detach(2_000, id);
    expect(refusal(() => attach(2_100, NODE_B))).toBe('InvalidNetworkInterface.InUse');
  });

  test('in use is said before the index, the index before the limit', () => {
    world = worldWith({ instanceTypes: { 't9.tiny': 1 }, nodes: { a: { type: 't9.tiny' } } });
    expect(refusal(() => attach(0, NODE_A, 0))).toBe('InvalidParameterValue');
    expect(refusal(() => attach(0, NODE_A, 1))).toBe('AttachmentLimitExceeded');
    attach(0, NODE_B);
    expect(refusal(() => attach(0, NODE_A, 99))).toBe('InvalidNetworkInterface.InUse');
  });

  test('an instance of another zone cannot have it', () => {
    world = worldWith({ nodes: { b: { zone: 'other' } } });
    expect(refusal(() => attach(0, NODE_B))).toBe('InvalidParameterCombination');
  });

  test('a terminated instance cannot have it', () => {
    world.terminate(0, NODE_A);
    expect(refusal(() => attach(0))).toBe('IncorrectState');
  });
});

describe('detaching', () => {
  test('takes detachMs; device and attachment go at the same moment', () => {
    const id = attach(0);
    world.advance(5_000);
    detach(5_000, id);
    expect(statusAt(7_499)).toBe('detaching');
    expect(eventsUntil(7_499)).toEqual([]);
    expect(statusAt(7_500)).toBe('available');
    expect(eventsUntil(7_500)).toEqual([`unplug ${MAC} ${NODE_A}`]);
  });

  test('before the device has come, nothing is plugged or unplugged', () => {
    world.setLatencies(0, { deviceMs: 60_000 });
    detach(2_000, attach(0));
    expect(eventsUntil(200_000)).toEqual([]);
  });

  test('again while detaching is accepted and changes nothing', () => {
    const id = attach(0);
    detach(5_000, id);
    detach(6_000, id);
    expect(statusAt(7_500)).toBe('available');
  });

  test.each<[string, string]>([
    ['InvalidNetworkInterfaceAttachmentId.Malformed', SERVICE_ENI],
    ['InvalidAttachmentID.NotFound', 'eni-attach-0999999999999999f'],
    ['OperationNotPermitted', 'eni-attach-00000000000000001'],
  ])('%s', (code, id) => {
    expect(refusal(() => detach(0, id))).toBe(code);
  });

  test('what is still attaching is refused, what is gone is not found', () => {
    const id = attach(0);
    expect(refusal(() => detach(1_000, id))).toBe('IncorrectState');
    detach(2_000, id);
    expect(refusal(() => detach(4_500, id))).toBe('InvalidAttachmentID.NotFound');
  });

  test.each([false, true])('from a stopped instance takes its time, forced or not (%s)', (force) => {
    world.place(0, SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
    world.powerOff(0, NODE_A);
    detach(1_000, eni(world.actual(1_000)).attachment?.id ?? '', force);
    expect(statusAt(3_499)).toBe('detaching');
    expect(statusAt(3_500)).toBe('available');
  });
});

describe('a hung guest', () => {
  beforeEach(() => {
    world.place(0, SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
    world.advance(0);
    world.hang(0, NODE_A);
  });
  const id = (): string => eni(world.actual(0)).attachment?.id ?? '';

  test('never lets go of a device gracefully', () => {
    detach(0, id());
    expect(statusAt(3_600_000)).toBe('detaching');
    expect(eventsUntil(3_600_000)).toEqual([]);
  });

  test('loses by force what is being attached, and what EC2 refuses to detach else', () => {
    world.place(0, SERVICE_ENI, 'available');
    world.advance(0);
    world.setLatencies(0, { attachMs: 3_600_000 });
    world.attach(0, { caller: NODE_A, eniId: SERVICE_ENI, instanceId: NODE_A, deviceIndex: 1 });
    expect(() => detach(0, id())).toThrow(/attaching/);
    detach(0, id(), true);
    expect(statusAt(2_499)).toBe('detaching');
    expect(statusAt(2_500)).toBe('available');
    expect(eventsUntil(7_200_000)).toEqual([]);
  });

  test('loses it by force, also after a graceful try', () => {
    const attachment = id();
    detach(0, attachment);
    detach(10_000, attachment, true);
    expect(statusAt(12_499)).toBe('detaching');
    expect(statusAt(12_500)).toBe('available');
  });

  test.each<[string, () => void]>([
    ['recovery', () => world.unhang(10_000, NODE_A)],
    ['power-off', () => world.powerOff(10_000, NODE_A)],
    ['termination', () => world.terminate(10_000, NODE_A)],
  ])('%s ends the wait', (_what, event) => {
    detach(0, id());
    event();
    expect(statusAt(12_499)).toBe('detaching');
    expect(statusAt(12_500)).toBe('available');
  });

  test('sees a new device only when it recovers', () => {
    world.attach(0, { caller: undefined, eniId: SECOND_ENI, instanceId: NODE_A, deviceIndex: 2 });
    expect(eventsUntil(10_000)).toEqual([]);
    world.unhang(10_000, NODE_A);
    expect(eventsUntil(10_000)).toHaveLength(1);
  });
});

describe('power', () => {
  test('a stopped instance keeps its attachments', () => {
    attach(0);
    world.powerOff(5_000, NODE_A);
    expect(statusAt(3_600_000)).toBe('attached');
  });

  test('a terminated one loses them, and its own interface ceases to exist', () => {
    attach(0);
    world.terminate(5_000, NODE_A);
    expect(statusAt(7_500)).toBe('available');
    expect(world.actual(7_500).enis['eni-0aaaaaaaaaaaaaaaa']).toBeUndefined();
  });

  test('a forced detach that leaves traces blocks the index until the next boot', () => {
    world = worldWith({ forcedDetachLeavesTraces: true });
    detach(2_000, attach(0), true);
    world.advance(10_000);
    expect(world.actual(10_000).instances[NODE_A]?.listed).toContain(SERVICE_ENI);
    expect(refusal(() => attach(10_000))).toBe('InvalidParameterValue');
    world.powerOff(20_000, NODE_A);
    world.boot(30_000, NODE_A);
    expect(refusal(() => attach(30_000))).toBeUndefined();
  });
});

describe('describing', () => {
  test('tells of what was staleMs ago', () => {
    attach(10_000);
    expect(eni(world.described(10_299)).attachment).toBeUndefined();
    expect(eni(world.described(10_300)).attachment?.status).toBe('attaching');
    expect(eni(world.described(11_799)).attachment?.status).toBe('attaching');
    expect(eni(world.described(11_800)).attachment?.status).toBe('attached');
  });

  test('what was placed is seen at once, metadata and device included', () => {
    attach(0);
    world.advance(5_000);
    world.place(5_000, SERVICE_ENI, { attachedTo: NODE_B, deviceIndex: 2 });
    expect(eni(world.described(5_000)).attachment).toMatchObject({ instanceId: NODE_B, status: 'attached' });
    expect(world.actual(5_000).instances[NODE_A]?.listed).not.toContain(SERVICE_ENI);
    expect(eventsUntil(5_000)).toEqual([`unplug ${MAC} ${NODE_A}`, `plug ${MAC} ${NODE_B}`]);
  });
});

describe('permissions', () => {
  test('are asked before anything is looked up, and after the form', () => {
    world.setPermissions(0, NODE_A, ['DescribeNetworkInterfaces']);
    expect(refusal(() => attach(0, NODE_A, 1, 'eni-0123456789abcdef0'))).toBe('UnauthorizedOperation');
    expect(refusal(() => attach(0, NODE_A, 1, 'x'))).toBe('InvalidNetworkInterfaceId.Malformed');
  });

  test.each([
    ['DryRunOperation', 'all' as const],
    ['UnauthorizedOperation', [] as const],
  ])('a dry run says %s and does nothing', (code, permissions) => {
    world.setPermissions(0, NODE_A, permissions);
    const request = { caller: NODE_A, eniId: SERVICE_ENI, instanceId: NODE_A, deviceIndex: 1, dryRun: true };
    expect(refusal(() => world.attach(0, request))).toBe(code);
    expect(statusAt(0)).toBe('available');
  });
});

test('time does not go back', () => {
  world.advance(1_000);
  expect(() => world.advance(999)).toThrow('time went back');
});

test('a fork goes its own way', () => {
  const other = world.fork();
  attach(0);
  expect(eni(other.actual(0)).attachment).toBeUndefined();
});

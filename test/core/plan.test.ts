import { expect, test } from 'vitest';
import { AgentError } from '../../src/core/failure.ts';
import { limitsMatter } from '../../src/core/obstacles.ts';
import { planStart } from '../../src/core/plan.ts';
import * as world from '../fixtures/world.ts';
import { attachment, elsewhere, eni, here, instance, kernel, known, settings } from '../fixtures/world.ts';

const held = { eni: eni({ attachment: attachment(elsewhere) }), holder: instance(elsewhere) };

test('attaches a free ENI at the lowest free index', () => {
  const state = known({ here: instance(here, { deviceIndexes: [0, 1, 3] }) });
  expect(planStart(state, settings())).toEqual([{ do: 'attach', deviceIndex: 2, ifFree: false }]);
});

test('detaches from a running holder without force before it attaches', () => {
  expect(planStart(known(held), settings())).toEqual([
    { do: 'detach', attachmentId: 'eni-attach-0000000000000001', from: elsewhere, force: false },
    { do: 'attach', deviceIndex: 1, ifFree: true },
  ]);
});

test.each([
  ['auto', 'running', false],
  ['auto', 'pending', false],
  ['auto', 'stopped', true],
  ['auto', 'terminated', true],
  ['auto', 'stopping', true],
  ['graceful', 'stopped', false],
  ['force', 'running', true],
] as const)('detach_mode=%s from a holder that is %s: force %s', (detachMode, state, force) => {
  const [step] = planStart(
    known({ ...held, holder: instance(elsewhere, { state }) }),
    settings({ detachMode }),
  );
  expect(step).toMatchObject({ do: 'detach', force });
});

test('forces a detach from a holder that EC2 has forgotten', () => {
  expect(planStart(known({ ...held, holder: 'absent' }), settings())[0]).toMatchObject({
    do: 'detach',
    force: true,
  });
});

test.each([
  ['auto', 29_999, 'attach'],
  ['auto', 30_000, 'detach'],
  ['graceful', 90_000, 'attach'],
] as const)('detach_mode=%s after %i ms of detaching: %s', (detachMode, detachingForMs, step) => {
  const detaching = eni({ attachment: attachment(elsewhere, { status: 'detaching' }) });
  const [first] = planStart(known({ ...held, eni: detaching, detachingForMs }), settings({ detachMode }));
  expect(first?.do).toBe(step);
});

test.each([
  [29_999, false],
  [30_000, true],
])(
  'forces what the holder is still attaching, where EC2 refused to detach it for %i ms: %s',
  (detachingForMs, force) => {
    const attaching = eni({ attachment: attachment(elsewhere, { status: 'attaching' }) });
    const [first] = planStart(known({ ...held, eni: attaching, detachingForMs }), settings());
    expect(first).toMatchObject({ do: 'detach', force });
  },
);

test('forces earlier where the time limit would else end before', () => {
  const detaching = eni({ attachment: attachment(elsewhere, { status: 'detaching' }) });
  const state = known({ ...held, eni: detaching, detachingForMs: 6_500, remainingMs: 12_000 });
  expect(planStart(state, settings())[0]).toMatchObject({ do: 'detach', force: true });
  expect(planStart({ ...state, detachingForMs: 6_499, remainingMs: 12_001 }, settings())[0]?.do).toBe(
    'attach',
  );
});

test('waits for the device of an ENI that is attached here', () => {
  expect(planStart(known({ eni: eni({ attachment: attachment(here) }) }), settings())).toEqual([
    { do: 'await-device' },
  ]);
});

test('configures the device as soon as the kernel shows it, while EC2 still says attaching', () => {
  const state = known({
    eni: eni({ attachment: attachment(here, { status: 'attaching' }) }),
    kernel: kernel({ devices: [world.ownDevice, world.device({ up: false })] }),
  });
  const [step, ...more] = planStart(state, settings());
  expect(more).toEqual([]);
  expect(step).toEqual({
    do: 'configure',
    changes: [
      { do: 'set-link', device: 'eth1', up: true },
      { do: 'add-address', device: 'eth1', address: { address: '10.2.0.10', prefixLength: 24 } },
      { do: 'replace-route', table: 100, route: { to: '10.2.0.0/24', device: 'eth1', source: '10.2.0.10' } },
      { do: 'replace-route', table: 100, route: { to: '0.0.0.0/0', device: 'eth1', via: '10.2.0.1' } },
      { do: 'add-rule', rule: { priority: 100, from: '10.2.0.10/32', table: 100 } },
    ],
  });
});

test('asks for the subnet, where EC2 has not told it, once the device is here and before it is configured', () => {
  const attached = known({ eni: eni({ attachment: attachment(here) }), subnet: undefined });
  expect(planStart(attached, settings())).toEqual([{ do: 'await-device' }]);
  const devices = [world.ownDevice, world.device({ up: false })];
  expect(planStart({ ...attached, kernel: kernel({ devices }) }, settings())).toEqual([
    { do: 'learn-subnet' },
  ]);
});

test('has nothing to do for a node that serves', () => {
  const state = known({ eni: eni({ attachment: attachment(here) }), kernel: world.servingKernel });
  expect(planStart(state, settings())).toEqual([]);
});

test.each([
  ['another zone', { here: instance(here, { availabilityZone: 'eu-central-1b' }) }, {}, 'availability zone'],
  [
    'no free slot',
    { here: instance(here, { interfaceCount: 3 }), limits: { interfaces: 3, ipv4: 10, ipv6: 10 } },
    {},
    'all that type m5.large allows',
  ],
  [
    'more IPv4 addresses than its type allows',
    {
      eni: eni({ attachment: attachment(elsewhere), addresses: ['10.2.0.10', '10.2.0.11', '10.2.0.12'] }),
      limits: { interfaces: 3, ipv4: 2, ipv6: 2 },
    },
    {},
    'has 3 IPv4 addresses, and an interface of type m5.large can have 2',
  ],
  [
    'an IPv6 address where its type has none',
    {
      eni: eni({ attachment: attachment(elsewhere), addresses: ['10.2.0.10', 'fd00:2::10'] }),
      limits: { interfaces: 3, ipv4: 2, ipv6: 0 },
    },
    {},
    'has 1 IPv6 addresses, and an interface of type m5.large can have 0',
  ],
  [
    'an IPv6 address that this node would not serve, and its type does not allow',
    { unserved: ['fd00:2::10'], limits: { interfaces: 3, ipv4: 2, ipv6: 0 } },
    {},
    'has 1 IPv6 addresses',
  ],
  [
    'its index taken',
    { here: instance(here, { deviceIndexes: [0, 1] }) },
    { deviceIndex: 1 },
    'device_index 1',
  ],
  ['an instance that is not running', { here: instance(here, { state: 'stopping' }) }, {}, 'is stopping'],
  [
    "someone else's default route",
    { kernel: kernel({ routes: [{ to: '0.0.0.0/0', device: 'eth5', via: '10.9.0.1' }] }) },
    {},
    'dev eth5',
  ],
  ['a table name with another number', { tableNumbers: [200] }, {}, 'routing_table_id=200'],
  [
    "a rule that would catch the node's own traffic",
    {},
    { ruleFrom: ['10.1.0.0/16'] },
    'rule_from=addresses',
  ],
  [
    'an ENI of an AWS service',
    { eni: eni({ attachment: attachment(elsewhere), requesterManaged: true }) },
    {},
    'managed by an AWS service',
  ],
  [
    'a primary interface',
    { eni: eni({ attachment: attachment(elsewhere, { deviceIndex: 0 }) }) },
    {},
    'primary interface',
  ],
  ['an address that is not the ENI’s', {}, { ip: '10.2.0.99' }, 'disagree'],
] as const)('refuses %s before the holder loses the ENI', (_, difference, parameters, words) => {
  const refuse = (): unknown => planStart(known({ ...held, ...difference }), settings(parameters));
  expect(refuse).toThrow(AgentError);
  expect(refuse).toThrow(expect.objectContaining({ kind: 'node', message: expect.stringContaining(words) }));
});

test.each([
  ['one interface and one address', {}, {}, false],
  ['a second interface', {}, { interfaceCount: 2 }, true],
  ['two IPv4 addresses', { addresses: ['10.2.0.10', '10.2.0.11'] }, {}, false],
  ['three IPv4 addresses', { addresses: ['10.2.0.10', '10.2.0.11', '10.2.0.12'] }, {}, true],
  ['an IPv6 address', { addresses: ['10.2.0.10', 'fd00:2::10'] }, {}, true],
  [
    'an ENI that is here',
    { addresses: ['fd00:2::10'], attachment: attachment(here) },
    { interfaceCount: 2 },
    false,
  ],
] as const)('whether the limits of a type matter: %s', (_, ofEni, ofInstance, matters) => {
  const occupancy = { eni: eni(ofEni), here: instance(here, ofInstance) };
  expect(limitsMatter(occupancy)).toBe(matters);
});

test('names all obstacles at once', () => {
  const state = known({ here: instance(here, { availabilityZone: 'eu-central-1b' }), tableNumbers: [200] });
  expect(() => planStart(state, settings({ ip: '10.2.0.99' }))).toThrow(
    /disagree.*availability zone.*routing_table MYHA/,
  );
});

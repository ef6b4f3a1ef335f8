import { describe, expect, test } from 'vitest';
import { assess, foreignDefaultRoutes } from '../../src/core/assess.ts';
import { desiredNetwork } from '../../src/core/desired.ts';
import type { Kernel } from '../../src/core/kernel.ts';
import { device, kernel, ownDevice, service, servingKernel, settings } from '../fixtures/world.ts';

const desired = desiredNetwork(service, settings());
const [, eth1] = servingKernel.devices;
const judge = (state: Kernel): unknown => assess(state, service, desired);
const withDevice = (difference: Parameters<typeof device>[0]): Kernel => ({
  ...servingKernel,
  devices: [ownDevice, { ...device(), ...eth1, ...difference }],
});

test('all of it is running, none of it stopped', () => {
  const parts = [
    'address 10.2.0.10/24',
    'rule 100: from 10.2.0.10/32 lookup 100',
    'route 10.2.0.0/24',
    'route 0.0.0.0/0 via 10.2.0.1',
  ];
  expect(judge(servingKernel)).toEqual({ is: 'running', there: ['link eth1 up', ...parts] });
  expect(judge(kernel())).toEqual({
    is: 'stopped',
    missing: ['device with MAC 02:00:0a:02:00:0a', ...parts],
  });
});

test('an ENI that is attached, but down and bare, is stopped', () => {
  expect(judge(kernel({ devices: [ownDevice, device({ up: false, carrier: false })] }))).toMatchObject({
    is: 'stopped',
  });
});

describe('each part that is missing is named', () => {
  test.each<[string, Kernel, readonly string[]]>([
    ['rule', { ...servingKernel, rules: [] }, ['rule 100: from 10.2.0.10/32 lookup 100']],
    ['routes', { ...servingKernel, routes: [] }, ['route 10.2.0.0/24', 'route 0.0.0.0/0 via 10.2.0.1']],
    ['address', withDevice({ addresses: [] }), ['address 10.2.0.10/24']],
    ['link', withDevice({ up: false }), ['link eth1 up']],
    ['carrier', withDevice({ carrier: false }), ['carrier on eth1']],
    [
      'default route through another device',
      {
        ...servingKernel,
        routes: [
          { to: '0.0.0.0/0', device: 'eth0', via: '10.2.0.1' },
          { to: '10.2.0.0/24', device: 'eth1' },
        ],
      },
      ['route 0.0.0.0/0 via 10.2.0.1'],
    ],
    [
      'default route by another router',
      {
        ...servingKernel,
        routes: [
          { to: '0.0.0.0/0', device: 'eth1', via: '10.2.0.254' },
          { to: '10.2.0.0/24', device: 'eth1' },
        ],
      },
      ['route 0.0.0.0/0 via 10.2.0.1'],
    ],
    [
      'rule of another priority',
      { ...servingKernel, rules: [{ priority: 99, from: '10.2.0.10/32', table: 100 }] },
      ['rule 100: from 10.2.0.10/32 lookup 100'],
    ],
  ])('%s', (_, state, missing) => {
    expect(judge(state)).toMatchObject({ is: 'broken', missing });
  });

  test('the device, when only its rule is left', () => {
    expect(judge(kernel({ rules: servingKernel.rules }))).toEqual({
      is: 'broken',
      missing: [
        'device with MAC 02:00:0a:02:00:0a',
        'address 10.2.0.10/24',
        'route 10.2.0.0/24',
        'route 0.0.0.0/0 via 10.2.0.1',
      ],
      there: ['rule 100: from 10.2.0.10/32 lookup 100'],
    });
  });
});

test('a default route is foreign unless it leaves by the ENI', () => {
  expect(foreignDefaultRoutes(servingKernel, device())).toEqual([]);
  expect(foreignDefaultRoutes(servingKernel, undefined)).toHaveLength(1);
  expect(
    foreignDefaultRoutes(kernel({ routes: [{ to: '10.9.0.0/16', device: 'eth5' }] }), undefined),
  ).toEqual([]);
});

test('IPv6 gets the same: address, rule, link route and the default route by the VPC router', () => {
  const both = {
    ...service,
    addresses: ['10.2.0.10', 'fd00:2::10'],
    subnetCidrs: ['10.2.0.0/24', 'fd00:2::/64'],
  };
  expect(desiredNetwork(both, settings())).toEqual({
    addresses: [
      { address: '10.2.0.10', prefixLength: 24 },
      { address: 'fd00:2::10', prefixLength: 64 },
    ],
    rules: [
      { priority: 100, from: '10.2.0.10/32', table: 100 },
      { priority: 100, from: 'fd00:2::10/128', table: 100 },
    ],
    routes: [
      { to: '10.2.0.0/24', source: '10.2.0.10' },
      { to: '0.0.0.0/0', via: '10.2.0.1' },
      { to: 'fd00:2::/64' },
      { to: '::/0', via: 'fe80:ec2::1' },
    ],
  });
});

test.each([
  ['addresses', ['10.2.0.10/32']],
  ['subnet', ['10.2.0.0/24']],
  [
    ['10.2.0.0/25', '192.168.7.0/24'],
    ['10.2.0.0/25', '192.168.7.0/24'],
  ],
] as const)('rule_from %s makes rules from %s', (ruleFrom, sources) => {
  expect(desiredNetwork(service, settings({ ruleFrom })).rules.map(({ from }) => from)).toEqual(sources);
});

test('a router that is given replaces the first host', () => {
  expect(desiredNetwork(service, settings({ router: '10.2.0.254' })).routes.at(-1)).toEqual({
    to: '0.0.0.0/0',
    via: '10.2.0.254',
  });
});

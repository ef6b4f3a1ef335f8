import { expect, test } from 'vitest';
import { changesToServe, changesToWithdraw } from '../../src/core/changes.ts';
import { desiredNetwork } from '../../src/core/desired.ts';
import type { Rule } from '../../src/core/kernel.ts';
import { device, kernel, ownDevice, service, servingKernel, settings } from '../fixtures/world.ts';

const scope = { table: 100, manageAddresses: true };
const addresses = ['10.2.0.10', '10.2.0.11'];
const eth1 = device({ addresses: addresses.map((address) => ({ address, prefixLength: 24 })) });
const rule: Rule = { priority: 100, from: '10.2.0.10/32', table: 100 };
const served = kernel({ devices: [ownDevice, eth1], rules: [rule], routes: servingKernel.routes });

test('withdraws in the order that never leaves a half: rules, default route, link route, last address first, link', () => {
  expect(changesToWithdraw(served, eth1, { rules: [rule], addresses }, scope)).toEqual([
    { do: 'delete-rule', rule },
    { do: 'delete-route', table: 100, route: { to: '0.0.0.0/0', device: 'eth1', via: '10.2.0.1' } },
    { do: 'delete-route', table: 100, route: { to: '10.2.0.0/24', device: 'eth1', source: '10.2.0.10' } },
    { do: 'delete-address', device: 'eth1', address: { address: '10.2.0.11', prefixLength: 24 } },
    { do: 'delete-address', device: 'eth1', address: { address: '10.2.0.10', prefixLength: 24 } },
    { do: 'set-link', device: 'eth1', up: false },
  ]);
});

test('takes the rule away as the kernel shows it, and no other', () => {
  const shown = { ...rule, protocol: '2' };
  const foreign = { ...rule, from: '10.9.9.9/32' };
  const state = kernel({ rules: [foreign, shown] });
  expect(changesToWithdraw(state, undefined, { rules: [rule], addresses }, scope)).toEqual([
    { do: 'delete-rule', rule: shown },
  ]);
});

test('leaves addresses that are not the ENI’s, routes of other devices, and what the distribution manages', () => {
  const busy = device({
    up: false,
    addresses: [{ address: '192.168.7.7', prefixLength: 24 }, ...eth1.addresses],
  });
  const state = kernel({
    devices: [busy],
    routes: [{ to: '10.77.0.0/16', device: 'eth0', via: '10.1.0.1' }],
  });
  const left = { rules: [], addresses };
  expect(changesToWithdraw(state, busy, left, scope).map((change) => change.do)).toEqual([
    'delete-address',
    'delete-address',
  ]);
  expect(changesToWithdraw(state, busy, left, { ...scope, manageAddresses: false })).toEqual([]);
});

test('adds nothing that is there, and no address that the distribution manages', () => {
  const desired = desiredNetwork(service, settings());
  const [, there] = servingKernel.devices;
  expect(changesToServe(servingKernel, there ?? device(), desired, scope)).toEqual([]);
  const bare = kernel({ devices: [device()] });
  const kinds = changesToServe(bare, device(), desired, { ...scope, manageAddresses: false }).map(
    (change) => change.do,
  );
  expect(kinds).toEqual(['replace-route', 'replace-route', 'add-rule']);
});

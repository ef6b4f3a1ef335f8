import { describe, expect, test } from 'vitest';
import { changesToServe } from '../../src/core/changes.ts';
import { desiredNetwork } from '../../src/core/desired.ts';
import { desiredMtu } from '../../src/core/mtu.ts';
import { planStart } from '../../src/core/plan.ts';
import {
  attachment,
  device,
  eni,
  here,
  kernel,
  known,
  ownDevice,
  service,
  servingKernel,
  settings,
} from '../fixtures/world.ts';

const eth0 = { ...ownDevice, mtu: 9_001 };
const tunnel = device({ name: 'tun0', mac: undefined, mtu: 1_420 });
const there = kernel({ devices: [eth0, tunnel, device()] });
const withIpv6 = {
  ...service,
  addresses: ['10.2.0.10', 'fd00:2::10'],
  subnetCidrs: ['10.2.0.0/24', 'fd00:2::/64'],
};
const wanted = (
  difference: Parameters<typeof settings>[0],
  defaultDevices: readonly string[],
  traits = service,
) => desiredMtu(traits, settings(difference), there, defaultDevices);

describe('the MTU of the ENI’s device is', () => {
  test('that of the primary interface: the preferred default route’s', () => {
    expect(wanted({}, ['eth0'])).toEqual({ bytes: 9_001, from: 'as eth0 has it', isRaised: false });
    expect(wanted({}, ['tun0', 'eth0'])?.bytes).toBe(1_420);
  });

  test('never its own, where somebody leads the node’s traffic by the ENI', () => {
    expect(wanted({}, ['eth1', 'eth0'])?.bytes).toBe(9_001);
    expect(wanted({}, ['eth1'])).toBeUndefined();
  });

  test('what the parameter says', () => {
    expect(wanted({ mtu: 1_400 }, ['eth0'])).toEqual({
      bytes: 1_400,
      from: 'parameter mtu',
      isRaised: false,
    });
    expect(wanted({ mtu: 1_400, manageAddresses: false }, [])?.bytes).toBe(1_400);
  });

  test('left alone where nobody says otherwise, and where the distribution configures the device', () => {
    expect(wanted({}, [])).toBeUndefined();
    expect(wanted({}, ['eth9'])).toBeUndefined();
    expect(wanted({ manageAddresses: false }, ['eth0'])).toBeUndefined();
    const untold = kernel({ devices: [{ ...eth0, mtu: undefined }] });
    expect(desiredMtu(service, settings(), untold, ['eth0'])).toBeUndefined();
  });

  test('never less than IPv6 needs, where the ENI has addresses of it', () => {
    expect(wanted({ mtu: 1_000 }, [])).toMatchObject({ bytes: 1_000, isRaised: false });
    expect(wanted({ mtu: 1_279 }, [], withIpv6)).toEqual({
      bytes: 1_280,
      from: 'parameter mtu',
      isRaised: true,
    });
    expect(wanted({ mtu: 1_280 }, [], withIpv6)).toMatchObject({ bytes: 1_280, isRaised: false });
    const small = kernel({ devices: [{ ...eth0, mtu: 1_200 }] });
    expect(desiredMtu(withIpv6, settings(), small, ['eth0'])).toBeUndefined();
    expect(desiredMtu(service, settings(), small, ['eth0'])?.bytes).toBe(1_200);
  });
});

describe('a change of it', () => {
  const scope = { table: 100, manageAddresses: true };
  const desired = desiredNetwork(service, settings());
  const change = { do: 'set-mtu', device: 'eth1', mtu: 9_001 } as const;

  test('comes before the link is set up', () => {
    const down = device({ up: false });
    const changes = changesToServe(kernel({ devices: [down] }), down, desired, { ...scope, mtu: 9_001 });
    expect(changes.slice(0, 2)).toEqual([change, { do: 'set-link', device: 'eth1', up: true }]);
  });

  test('is not made where the device has it, or where none is asked for', () => {
    const [, eth1 = device()] = servingKernel.devices;
    expect(changesToServe(servingKernel, eth1, desired, { ...scope, mtu: 1_500 })).toEqual([]);
    expect(changesToServe(servingKernel, eth1, desired, scope)).toEqual([]);
    const untold = { ...eth1, mtu: undefined };
    expect(changesToServe(servingKernel, untold, desired, { ...scope, mtu: 9_001 })).toEqual([change]);
  });

  test('is a step of a start of its own, and none once it was asked for', () => {
    const mtu = { bytes: 9_001, from: 'as eth0 has it', isRaised: false };
    const held = known({ eni: eni({ attachment: attachment(here) }), kernel: servingKernel });
    expect(planStart({ ...held, mtu }, settings())).toEqual([{ do: 'configure', changes: [change] }]);
    expect(planStart(held, settings())).toEqual([]);
  });
});

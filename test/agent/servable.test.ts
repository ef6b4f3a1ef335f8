import { expect, test } from 'vitest';
import { servablePart } from '../../src/agent/servable.ts';
import type { Eni } from '../../src/core/eni.ts';
import { createFakeVpc, eniId } from '../fakes/fake-vpc.ts';

async function partOf(
  addresses: readonly string[],
  because: string | undefined,
): ReturnType<typeof servablePart> {
  const vpc = createFakeVpc();
  const task = vpc.a.task();
  const eni = (await vpc.clock.run(vpc.a.ec2.find({ eniId }))) as Eni;
  const devices = { ...task.ports.devices, whyNoIpv6: async () => because };
  return servablePart({ ...task, ports: { ...task.ports, devices } }, { ...eni, addresses });
}

test('an ENI is served whole where the node takes IPv6', async () => {
  expect(await partOf(['10.2.0.10', 'fd00:2::10'], undefined)).toMatchObject({
    eni: { addresses: ['10.2.0.10', 'fd00:2::10'] },
    unservable: undefined,
  });
});

test('elsewhere it is served by IPv4 alone', async () => {
  expect(await partOf(['10.2.0.10', 'fd00:2::10'], 'no IPv6 today')).toMatchObject({
    eni: { addresses: ['10.2.0.10'] },
    unservable: { addresses: ['fd00:2::10'], because: 'no IPv6 today' },
  });
});

test('one without IPv4 can not be served there', async () => {
  await expect(partOf(['fd00:2::10'], 'no IPv6 today')).rejects.toMatchObject({
    kind: 'node',
    message: `${eniId} has no other address than fd00:2::10, and no IPv6 today; switch IPv6 on`,
  });
});

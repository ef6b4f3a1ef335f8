import { describe } from 'vitest';
import { createFakeVpc, eniId, nodeA } from '../fakes/fake-vpc.ts';
import { networkInterfacesContract } from './network-interfaces.contract.ts';

describe('the fake EC2', () => {
  networkInterfacesContract(async () => {
    const { a, clock, world } = createFakeVpc();
    return {
      call: (work) => clock.run(work(a.ec2)),
      place: async (to) => world.place(clock.nowMs(), eniId, to),
      allow: async (actions) => world.setPermissions(clock.nowMs(), nodeA, actions),
      settle: () => clock.run(clock.sleep(10_000)),
      close: async () => undefined,
    };
  });
});

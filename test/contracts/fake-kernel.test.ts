import { describe } from 'vitest';
import { createFakeKernel } from '../fakes/fake-kernel.ts';
import { policyRoutingContract } from './policy-routing.contract.ts';

describe('the fake kernel', () => {
  policyRoutingContract(async () => {
    const kernel = createFakeKernel();
    return {
      routing: kernel.routing,
      devices: kernel.devices,
      plug: async (device) => kernel.plug(device),
      unplug: async (mac) => kernel.unplug(mac),
      addDefaultRoute: async (device, metric) => kernel.addDefaultRoute(device, metric),
      clean: async () => undefined,
    };
  });
});

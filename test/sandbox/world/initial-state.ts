import { attachmentIdOf } from './attach-interface.ts';
import type { WorldOptions } from './create-world.ts';
import { remember } from './history.ts';
import { boot } from './power.ts';
import type { Attachment, Eni, Instance, WorldState } from './world-state.ts';

export function initialState(options: WorldOptions): WorldState {
  const { subnets, instanceTypes, latencies, forcedDetachLeavesTraces } = options;
  const owned = options.instances.map(({ id, own }, index): Eni => {
    const attachment: Attachment = {
      id: attachmentIdOf(index + 1),
      instanceId: id,
      deviceIndex: 0,
      status: 'attached',
      sinceMs: 0,
      deleteOnTermination: true,
      plugged: false,
      forced: false,
    };
    return { ...own, attachment };
  });
  const free = options.enis.map((eni): Eni => ({ ...eni, attachment: undefined }));
  const zones = new Map(subnets.map((subnet) => [subnet.id, subnet.availabilityZone]));
  const instances = options.instances.map(({ own: _own, ...instance }): Instance => {
    const availabilityZone = zones.get(instance.subnetId);
    if (availabilityZone === undefined) throw new Error(`no subnet ${instance.subnetId} for ${instance.id}`);
    return {
      ...instance,
      availabilityZone,
      power: 'stopped',
      hung: false,
      permissions: 'all',
      tags: { Name: `node of ${instance.id}` },
      metadataOptions: { httpTokens: 'required', hopLimit: 1 },
      listed: [],
      burned: [],
    };
  });
  const stopped: WorldState = {
    nowMs: 0,
    subnets: Object.fromEntries(subnets.map((subnet) => [subnet.id, subnet])),
    enis: Object.fromEntries([...owned, ...free].map((eni) => [eni.id, eni])),
    instances: Object.fromEntries(instances.map((instance) => [instance.id, instance])),
    securityGroups: Object.fromEntries(options.securityGroups.map((group) => [group.id, group])),
    instanceTypes,
    addressLimits: options.addressLimits ?? {},
    latencies,
    forcedDetachLeavesTraces,
    attachmentCount: owned.length,
    due: [],
    events: [],
    history: [],
  };
  return remember(
    instances.reduce((state, { id }) => boot(state, id), stopped),
    0,
  );
}

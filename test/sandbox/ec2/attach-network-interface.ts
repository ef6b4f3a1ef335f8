import type { Action } from './action.ts';

/** AttachNetworkInterface. There is no client token: asked twice, it is done or refused twice. */
export const attachNetworkInterface: Action = (query) => {
  const request = {
    eniId: query.text('NetworkInterfaceId'),
    instanceId: query.text('InstanceId'),
    deviceIndex: query.integer('DeviceIndex'),
    networkCardIndex: query.optionalInteger('NetworkCardIndex') ?? 0,
    dryRun: query.flag('DryRun'),
  };
  return {
    cost: 'mutating',
    perform: ({ world, nowMs, caller }) => ({
      attachmentId: world.attach(nowMs, { ...request, caller }),
      networkCardIndex: request.networkCardIndex,
    }),
  };
};

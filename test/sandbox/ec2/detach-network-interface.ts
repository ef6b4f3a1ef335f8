import type { Action } from './action.ts';

export const detachNetworkInterface: Action = (query) => {
  const request = {
    attachmentId: query.text('AttachmentId'),
    force: query.flag('Force'),
    dryRun: query.flag('DryRun'),
  };
  return {
    cost: 'mutating',
    perform: ({ world, nowMs, caller }) => {
      world.detach(nowMs, { ...request, caller });
      return { return: true };
    },
  };
};

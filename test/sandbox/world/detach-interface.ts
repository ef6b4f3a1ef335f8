import { Ec2Refusal } from './ec2-refusal.ts';
import { eniOfAttachment, replaceAttachment, schedule } from './replace.ts';
import { requirePermission, resourceOf } from './require-permission.ts';
import type { WorldState } from './world-state.ts';

export interface DetachRequest {
  /** The instance whose role asks; `undefined` is an administrator, who may do all. */
  readonly caller: string | undefined;
  readonly attachmentId: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/**
 * DetachNetworkInterface. Asked again while detaching it is accepted; `force` then frees what a hung guest holds.
 * @throws {Ec2Refusal} and nothing has changed
 */
export function detachInterface(state: WorldState, request: DetachRequest): WorldState {
  const { caller, attachmentId, force = false, dryRun = false } = request;
  if (!/^eni-attach-[0-9a-f]{8,17}$/.test(attachmentId)) {
    throw new Ec2Refusal('InvalidNetworkInterfaceAttachmentId.Malformed', `Invalid id: "${attachmentId}"`);
  }
  const eni = eniOfAttachment(state, attachmentId);
  // Of an attachment that does not exist AWS can't tell whose it was.
  const [eniId, instanceId] = [eni?.id ?? 'unknown', eni?.attachment?.instanceId ?? 'unknown'];
  const resources = [
    resourceOf('network-interface', eniId, eni?.tags),
    resourceOf('instance', instanceId, state.instances[instanceId]?.tags),
  ];
  requirePermission(state, caller, 'DetachNetworkInterface', dryRun, { resources });
  if (eni?.attachment === undefined) {
    throw new Ec2Refusal('InvalidAttachmentID.NotFound', `The attachment '${attachmentId}' does not exist.`);
  }
  const { deviceIndex, status, forced } = eni.attachment;
  if (deviceIndex === 0) {
    throw new Ec2Refusal(
      'OperationNotPermitted',
      'The network interface at device index 0 and networkCard index 0 cannot be detached.',
    );
  }
  if (status === 'attaching' && !force) {
    throw new Ec2Refusal('IncorrectState', `Attachment '${attachmentId}' is in state 'attaching'`);
  }
  const next = replaceAttachment(state, eni, { status: 'detaching', forced: forced || force });
  return schedule(next, state.nowMs + state.latencies.detachMs, { is: 'detached', attachmentId });
}

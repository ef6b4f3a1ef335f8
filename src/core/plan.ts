import { changesToServe } from './changes.ts';
import type { DesiredNetwork } from './desired.ts';
import { desiredNetwork } from './desired.ts';
import type { Attachment, Instance } from './eni.ts';
import { AgentError } from './failure.ts';
import type { DetachProgress } from './force.ts';
import { isForceDue } from './force.ts';
import type { AttachmentId, InstanceId } from './ids.ts';
import type { Change } from './kernel.ts';
import { deviceWithMac } from './kernel.ts';
import type { DesiredMtu } from './mtu.ts';
import type { Situation } from './obstacles.ts';
import { isHere, obstacles } from './obstacles.ts';
import { serviceOf } from './service.ts';
import type { Settings } from './settings.ts';

/** What a start must know to decide. It has no place for ignorance: who can't tell, can't plan. */
export interface Known extends Situation, DetachProgress {
  /** The instance that holds the ENI, where that is not this one; `absent`: EC2 knows no such instance any more. */
  readonly holder: Instance | 'absent' | undefined;
  /** Indexes that EC2 called taken although nothing shows there: a detach by force can leave one unusable. */
  readonly refusedIndexes: readonly number[];
  /** `undefined`: the device's is left as it is, or was asked for already, with whatever success. */
  readonly mtu: DesiredMtu | undefined;
}

export type Step =
  | {
      readonly do: 'detach';
      readonly attachmentId: AttachmentId;
      readonly from: InstanceId | undefined;
      readonly force: boolean;
    }
  /** EC2 refuses it as long as the ENI is not free: that is how its release is waited for. */
  | { readonly do: 'attach'; readonly deviceIndex: number; readonly ifFree: boolean }
  | { readonly do: 'await-device' }
  /** Where EC2 did not tell it: the metadata service does, once the ENI is here. */
  | { readonly do: 'learn-subnet' }
  | { readonly do: 'configure'; readonly changes: readonly Change[] };

/** EC2 numbers the devices of a network card from 0. Source: EC2 API reference, AttachNetworkInterface, DeviceIndex. */
const LAST_DEVICE_INDEX = 31;

/**
 * The next steps of a start. Empty means done, and only that.
 *
 * Order is the safety argument: nothing is taken from a holder before every obstacle is known to be absent; the ENI
 * is attached only once EC2 itself says that nobody holds it; the kernel is configured only for a device that is there.
 *
 * @throws {AgentError} `node`, when a start on this node can't end well
 */
export function planStart(known: Known, settings: Settings): readonly Step[] {
  const hindered = [...obstacles(known, settings), ...refusedIndex(known, settings)];
  if (hindered.length > 0) throw new AgentError('node', hindered.join('; '));
  const { eni, here } = known;
  const { attachment } = eni;
  if (attachment === undefined) return [attach(known, settings, false)];
  if (attachment.status === 'detaching') {
    return isForceDue(known, settings)
      ? [detach(attachment, true), attach(known, settings, true)]
      : [attach(known, settings, true)];
  }
  if (!isHere(eni, here)) {
    // EC2 may refuse to detach what it is still attaching, for as long as the holder hangs.
    const force = forcedAtOnce(known, settings) || isForceDue(known, settings);
    return [detach(attachment, force), attach(known, settings, true)];
  }
  const device = deviceWithMac(known.kernel, eni.mac);
  if (device === undefined) return [{ do: 'await-device' }];
  if (known.subnet === undefined) return [{ do: 'learn-subnet' }];
  const desired: DesiredNetwork = desiredNetwork(serviceOf(eni, known.subnet), settings);
  const changes = changesToServe(known.kernel, device, desired, {
    table: settings.routingTableId,
    manageAddresses: settings.manageAddresses,
    mtu: known.mtu?.bytes,
  });
  return changes.length === 0 ? [] : [{ do: 'configure', changes }];
}

function refusedIndex(known: Known, { deviceIndex }: Settings): readonly string[] {
  const { here, refusedIndexes } = known;
  const frees = 'stop and start the instance, which frees an index that a detach by force has left unusable';
  if (deviceIndex !== undefined && refusedIndexes.includes(deviceIndex)) {
    return [
      `EC2 calls device_index ${deviceIndex} of instance ${here.id} taken; leave device_index unset, or ${frees}`,
    ];
  }
  return lowestFreeIndex(here, refusedIndexes) > LAST_DEVICE_INDEX
    ? [`EC2 calls every device index of instance ${here.id} taken; ${frees}`]
    : [];
}

/** A holder that can't cooperate is not waited for. An instance that EC2 forgot was terminated long ago. */
function forcedAtOnce({ holder }: Known, settings: Settings): boolean {
  if (settings.detachMode !== 'auto') return settings.detachMode === 'force';
  return holder === 'absent' || (holder !== undefined && !['running', 'pending'].includes(holder.state));
}

function detach(attachment: Attachment, force: boolean): Step {
  return { do: 'detach', attachmentId: attachment.id, from: attachment.instanceId, force };
}

function attach({ here, refusedIndexes }: Known, settings: Settings, ifFree: boolean): Step {
  return { do: 'attach', deviceIndex: settings.deviceIndex ?? lowestFreeIndex(here, refusedIndexes), ifFree };
}

/** Device index 0 is the instance's primary interface and never free. */
function lowestFreeIndex({ deviceIndexes }: Instance, refused: readonly number[]): number {
  let index = 1;
  while (deviceIndexes.includes(index) || refused.includes(index)) index += 1;
  return index;
}

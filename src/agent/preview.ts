import { changesToServe } from '../core/changes.ts';
import { desiredNetwork } from '../core/desired.ts';
import type { Attachment } from '../core/eni.ts';
import { asAgentError } from '../core/failure.ts';
import type { Change, Device } from '../core/kernel.ts';
import type { Known, Step } from '../core/plan.ts';
import { planStart } from '../core/plan.ts';
import type { Reading } from '../core/reading.ts';
import { absent, present, unknown } from '../core/reading.ts';
import type { Traits } from '../core/service.ts';
import { serviceOf } from '../core/service.ts';
import { askMetadata, ownState, wholeState } from './identify.ts';
import { judge, readKernel, traitsInKernel } from './local-network.ts';
import type { Task } from './task.ts';
import { targetOf } from './task.ts';
import { complete } from './view.ts';
import { changesToLeave } from './withdraw.ts';

/** How the device is called that an attach would bring: its name is the kernel's to give. */
const COMING_DEVICE = 'the new device';

export interface StartPreview {
  /** `undefined`: this node serves already, and nothing else was looked at. */
  readonly known: Known | undefined;
  /** All steps of a start to its end, if nothing else happens meanwhile. Empty: there is nothing to do. */
  readonly steps: readonly Step[];
}

/**
 * What a start on this node would do now. Changes nothing.
 * @throws {AgentError} `node`, with every obstacle; or why it could not be told
 */
export async function previewStart(task: Task): Promise<StartPreview> {
  const { ports, settings } = task;
  const remembered = await wholeState(task);
  if (remembered !== undefined && (await judge(task, remembered.service)).health.is === 'running') {
    return { known: undefined, steps: [] };
  }
  const identity = await ports.metadata.identity();
  const ec2 = ports.networkInterfaces(settings.region ?? identity.region);
  const known = await complete(task, {
    identity,
    ec2,
    pauses: [].values(),
    remembered: remembered?.service,
  });
  // The time of a start is not what is left of this preview's.
  const steps = planStart({ ...known, remainingMs: Number.POSITIVE_INFINITY }, settings);
  return { known, steps: [...steps, ...stepsAfter(known, steps, task)] };
}

/** What follows once the steps that can be planned now have brought the device. */
function stepsAfter(known: Known, steps: readonly Step[], { settings }: Task): readonly Step[] {
  const last = steps.at(-1)?.do;
  if (last !== 'attach' && last !== 'await-device') return [];
  const device: Device = {
    name: COMING_DEVICE,
    ifindex: 0,
    mac: known.eni.mac,
    up: false,
    carrier: true,
    mtu: undefined,
    addresses: [],
  };
  const kernel = { ...known.kernel, devices: [...known.kernel.devices, device] };
  const wait: readonly Step[] = last === 'attach' ? [{ do: 'await-device' }] : [];
  if (known.subnet === undefined) return [...wait, { do: 'learn-subnet' }];
  const desired = desiredNetwork(serviceOf(known.eni, known.subnet), settings);
  const scope = {
    table: settings.routingTableId,
    manageAddresses: settings.manageAddresses,
    mtu: known.mtu?.bytes,
  };
  const configure: Step = { do: 'configure', changes: changesToServe(kernel, device, desired, scope) };
  return [...wait, configure];
}

export interface StopPreview {
  /** Of this node's kernel. */
  readonly changes: readonly Change[];
  /** What would be detached; `absent`: nothing is attached here, or stop leaves it attached. */
  readonly attachment: Reading<Attachment>;
}

/** What a stop on this node would do now. Changes nothing. */
export async function previewStop(task: Task): Promise<StopPreview> {
  const state = await ownState(task);
  const kernel = await readKernel(task);
  const traits = state?.service ?? (await traitsOf(task)) ?? traitsInKernel(kernel, task.settings);
  return {
    changes: changesToLeave(task, kernel, traits, state?.network),
    attachment: task.settings.detachOnStop ? await attachmentHere(task) : absent,
  };
}

async function traitsOf(task: Task): Promise<Traits | undefined> {
  const metadata = await askMetadata(task);
  return metadata.state === 'present' ? metadata.value : undefined;
}

async function attachmentHere({ ports, settings }: Task): Promise<Reading<Attachment>> {
  try {
    const identity = await ports.metadata.identity();
    const eni = await ports.networkInterfaces(settings.region ?? identity.region).find(targetOf(settings));
    return eni?.attachment?.instanceId === identity.instanceId ? present(eni.attachment) : absent;
  } catch (thrown) {
    return unknown(asAgentError(thrown).message);
  }
}

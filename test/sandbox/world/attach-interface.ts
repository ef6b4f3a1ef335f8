import { Ec2Refusal } from './ec2-refusal.ts';
import { attachedTo, replaceEni, schedule } from './replace.ts';
import { requirePermission, resourceOf } from './require-permission.ts';
import type { AddressLimits, Attachment, Eni, Instance, WorldState } from './world-state.ts';

export interface AttachRequest {
  /** The instance whose role asks; `undefined` is an administrator, who may do all. */
  readonly caller: string | undefined;
  readonly eniId: string;
  readonly instanceId: string;
  readonly deviceIndex: number;
  readonly networkCardIndex?: number;
  readonly dryRun?: boolean;
}

/** EC2 numbers devices 0..31 of a card. */
const LAST_DEVICE_INDEX = 31;

/**
 * AttachNetworkInterface. The order of the checks is Eucalyptus's, a second implementation of the EC2 API:
 * in use, index, zone, limit, power.
 * @returns the world with the new attachment, which is the last one counted
 * @throws {Ec2Refusal} and nothing has changed
 */
export function attachInterface(
  state: WorldState,
  request: AttachRequest,
): { readonly state: WorldState; readonly attachment: Attachment } {
  const { eniId, instanceId, deviceIndex, networkCardIndex = 0, dryRun = false } = request;
  requireForm(eniId, /^eni-[0-9a-f]{8,17}$/, 'InvalidNetworkInterfaceId.Malformed');
  requireForm(instanceId, /^i-[0-9a-f]{8,17}$/, 'InvalidInstanceID.Malformed');
  if (networkCardIndex !== 0) {
    throw new Ec2Refusal(
      'InvalidParameterValue',
      `network card index '${networkCardIndex}' is not valid for this instance type`,
    );
  }
  const eni = state.enis[eniId];
  const resources = [
    resourceOf('network-interface', eniId, eni?.tags),
    resourceOf('instance', instanceId, state.instances[instanceId]?.tags),
  ];
  requirePermission(state, request.caller, 'AttachNetworkInterface', dryRun, { resources });
  if (eni === undefined) {
    throw new Ec2Refusal(
      'InvalidNetworkInterfaceID.NotFound',
      `The networkInterface ID '${eniId}' does not exist`,
    );
  }
  const instance = state.instances[instanceId];
  if (instance === undefined) {
    throw new Ec2Refusal('InvalidInstanceID.NotFound', `The instance ID '${instanceId}' does not exist`);
  }
  requireAttachable(state, eni, instance, deviceIndex);
  return accept(state, eni, instance, deviceIndex);
}

function requireForm(id: string, form: RegExp, code: string): void {
  if (!form.test(id)) throw new Ec2Refusal(code, `Invalid id: "${id}"`);
}

function requireAttachable(state: WorldState, eni: Eni, instance: Instance, deviceIndex: number): void {
  if (eni.attachment !== undefined) {
    throw new Ec2Refusal('InvalidNetworkInterface.InUse', `Interface: [${eni.id}] in use.`);
  }
  if (!Number.isInteger(deviceIndex) || deviceIndex < 0 || deviceIndex > LAST_DEVICE_INDEX) {
    throw new Ec2Refusal(
      'InvalidParameterValue',
      `Invalid value '${deviceIndex}' for deviceIndex. The value must be between 0 and ${LAST_DEVICE_INDEX}.`,
    );
  }
  const others = attachedTo(state, instance.id);
  const taken = others.some(({ attachment }) => attachment.deviceIndex === deviceIndex);
  if (taken || instance.burned.includes(deviceIndex)) {
    throw new Ec2Refusal(
      'InvalidParameterValue',
      `Instance '${instance.id}' already has an interface attached at device index '${deviceIndex}'.`,
    );
  }
  if (state.subnets[eni.subnetId]?.vpcId !== state.subnets[instance.subnetId]?.vpcId) {
    throw new Error(`${eni.id} is in another VPC than ${instance.id}, which is not modelled`);
  }
  if (state.subnets[eni.subnetId]?.availabilityZone !== instance.availabilityZone) {
    throw new Ec2Refusal(
      'InvalidParameterCombination',
      'You may not attach a network interface to an instance if they are not in the same availability zone',
    );
  }
  const limit = state.instanceTypes[instance.type];
  if (limit !== undefined && others.length >= limit) {
    throw new Ec2Refusal(
      'AttachmentLimitExceeded',
      `Interface count ${others.length + 1} exceeds the limit for ${instance.type}`,
    );
  }
  const { ipv4, ipv6 } = addressLimitsOf(state, instance.type);
  if (eni.ipv4.length > ipv4 || eni.ipv6.length > ipv6) {
    throw new Ec2Refusal(
      'InvalidInterface.IpAddressLimitExceeded',
      `The addresses of ${eni.id} exceed the limit of an interface of ${instance.type}`,
    );
  }
  if (instance.power === 'terminated') {
    throw new Ec2Refusal('IncorrectState', `Instance '${instance.id}' is not 'running' or 'stopped'`);
  }
}

function accept(
  state: WorldState,
  eni: Eni,
  instance: Instance,
  deviceIndex: number,
): { readonly state: WorldState; readonly attachment: Attachment } {
  const count = state.attachmentCount + 1;
  const running = instance.power === 'running';
  const attachment: Attachment = {
    id: attachmentIdOf(count),
    instanceId: instance.id,
    deviceIndex,
    status: running ? 'attaching' : 'attached',
    sinceMs: state.nowMs,
    deleteOnTermination: false,
    plugged: false,
    forced: false,
  };
  const next = replaceEni({ ...state, attachmentCount: count }, { ...eni, attachment });
  if (!running) return { state: next, attachment };
  const due = state.nowMs + state.latencies.attachMs;
  return { state: schedule(next, due, { is: 'attached', attachmentId: attachment.id }), attachment };
}

/** Many types allow ten of each. Source: EC2 User Guide, "Maximum IP addresses per network interface". */
export function addressLimitsOf({ addressLimits }: WorldState, type: string): AddressLimits {
  return addressLimits[type] ?? { ipv4: 10, ipv6: 10 };
}

/** Ids are counted, so that the same operations give the same world. */
export function attachmentIdOf(count: number): string {
  return `eni-attach-${count.toString(16).padStart(17, '0')}`;
}

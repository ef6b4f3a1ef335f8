import type {
  NetworkInterface,
  NetworkInterfaceAttachment,
  Instance as SdkInstance,
  Subnet as SdkSubnet,
} from '@aws-sdk/client-ec2';
import type { IpAddress } from '../core/address.ts';
import { parseAddress, parseCidr } from '../core/address.ts';
import type { Attachment, AttachmentStatus, Eni, Instance, InstanceState, Subnet } from '../core/eni.ts';
import { AgentError } from '../core/failure.ts';
import type { AttachmentId, InstanceId, SubnetId } from '../core/ids.ts';
import { isEniId, isMac } from '../core/ids.ts';
import { excerpt } from '../core/one-line.ts';

/** @throws {AgentError} `transient`, for an answer that lacks what every ENI has */
export function eniOf(answer: NetworkInterface): Eni {
  const id = required(answer.NetworkInterfaceId, 'an ENI', 'networkInterfaceId');
  const mac = required(answer.MacAddress, id, 'macAddress').toLowerCase();
  if (!isEniId(id) || !isMac(mac)) throw wrongShape(`ENI ${id} with MAC ${mac}`);
  return {
    id,
    mac,
    subnetId: required(answer.SubnetId, id, 'subnetId') as SubnetId,
    availabilityZone: required(answer.AvailabilityZone, id, 'availabilityZone'),
    addresses: addressesOf(answer),
    requesterManaged:
      answer.RequesterManaged === true || (answer.InterfaceType ?? 'interface') !== 'interface',
    attachment: attachmentOf(answer.Attachment),
  };
}

function addressesOf(answer: NetworkInterface): readonly IpAddress[] {
  const ipv4 = (answer.PrivateIpAddresses ?? [])
    .toSorted((one, other) => Number(other.Primary ?? false) - Number(one.Primary ?? false))
    .map(({ PrivateIpAddress }) => PrivateIpAddress);
  const ipv6 = (answer.Ipv6Addresses ?? []).map(({ Ipv6Address }) => Ipv6Address);
  return [...ipv4, ...ipv6].flatMap((text) => parseAddress(text ?? '') ?? []);
}

function attachmentOf(answer: NetworkInterfaceAttachment | undefined): Attachment | undefined {
  if (answer === undefined || answer.Status === 'detached' || answer.AttachmentId === undefined)
    return undefined;
  const status = answer.Status;
  const known: readonly (string | undefined)[] = ['attaching', 'attached'];
  return {
    id: answer.AttachmentId as AttachmentId,
    instanceId: answer.InstanceId as InstanceId | undefined,
    deviceIndex: answer.DeviceIndex ?? -1,
    status: known.includes(status) ? (status as AttachmentStatus) : 'detaching',
  };
}

export function instanceOf(answer: SdkInstance): Instance {
  const id = required(answer.InstanceId, 'an instance', 'instanceId') as InstanceId;
  const attachments = (answer.NetworkInterfaces ?? []).flatMap(({ Attachment }) => Attachment ?? []);
  return {
    id,
    type: required(answer.InstanceType, id, 'instanceType'),
    state: required(answer.State?.Name, id, 'instanceState') as InstanceState,
    availabilityZone: required(answer.Placement?.AvailabilityZone, id, 'availabilityZone'),
    deviceIndexes: attachments
      .filter(({ NetworkCardIndex = 0 }) => NetworkCardIndex === 0)
      .flatMap(({ DeviceIndex }) => DeviceIndex ?? []),
    interfaceCount: attachments.length,
  };
}

export function subnetOf(answer: SdkSubnet): Subnet {
  const id = required(answer.SubnetId, 'a subnet', 'subnetId') as SubnetId;
  const ipv6 = (answer.Ipv6CidrBlockAssociationSet ?? []).map(({ Ipv6CidrBlock }) => Ipv6CidrBlock);
  const cidrs = [answer.CidrBlock, ...ipv6].flatMap((text) => parseCidr(text ?? '') ?? []);
  if (cidrs.length === 0) throw wrongShape(`subnet ${id} without a network`);
  return { id, cidrs };
}

function required<T>(value: T | undefined, owner: string, field: string): T {
  if (value === undefined) throw wrongShape(`${owner} without ${field}`);
  return value;
}

/** A proxy or an outage may cut an answer short; it is no reason to believe anything. */
export function wrongShape(what: string): AgentError {
  return new AgentError('transient', `EC2 described ${excerpt(what)}; look at what answers at its endpoint`);
}

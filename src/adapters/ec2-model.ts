import type {
  NetworkInfo,
  NetworkInterface,
  NetworkInterfaceAttachment,
  Instance as SdkInstance,
  Subnet as SdkSubnet,
} from '@aws-sdk/client-ec2';
import type { IpAddress } from '../core/address.ts';
import { parseAddress, parseCidr } from '../core/address.ts';
import type {
  Attachment,
  AttachmentStatus,
  Eni,
  Instance,
  InstanceState,
  Subnet,
  TypeLimits,
} from '../core/eni.ts';
import { AgentError } from '../core/failure.ts';
import { isAttachmentId, isEniId, isInstanceId, isMac, isSubnetId } from '../core/ids.ts';
import { excerpt } from '../core/one-line.ts';

/** @throws {AgentError} `transient`, for an answer that lacks what every ENI has */
export function eniOf(answer: NetworkInterface): Eni {
  const id = wordOf(answer.NetworkInterfaceId, 'an ENI', 'networkInterfaceId');
  const mac = wordOf(answer.MacAddress, id, 'macAddress').toLowerCase();
  if (!isEniId(id) || !isMac(mac)) throw wrongShape(`ENI ${id} with MAC ${mac}`);
  const subnetId = wordOf(answer.SubnetId, id, 'subnetId');
  if (!isSubnetId(subnetId)) throw wrongShape(`${id} in ${subnetId}`);
  return {
    id,
    mac,
    subnetId,
    availabilityZone: wordOf(answer.AvailabilityZone, id, 'availabilityZone'),
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
  return [...ipv4, ...ipv6].flatMap((text) => parseAddress(textOf(text)) ?? []);
}

function attachmentOf(answer: NetworkInterfaceAttachment | undefined): Attachment | undefined {
  if (answer === undefined || answer.Status === 'detached' || answer.AttachmentId === undefined)
    return undefined;
  const { Status: status, AttachmentId: id, InstanceId: instanceId, DeviceIndex: deviceIndex } = answer;
  const known: readonly (string | undefined)[] = ['attaching', 'attached'];
  if (
    !isAttachmentId(id) ||
    !(instanceId === undefined || isInstanceId(instanceId)) ||
    !(deviceIndex === undefined || isCount(deviceIndex))
  )
    throw wrongShape(`attachment ${textOf(id)} to ${textOf(instanceId)} at ${deviceIndex}`);
  return {
    id,
    instanceId,
    deviceIndex: deviceIndex ?? -1,
    status: known.includes(status) ? (status as AttachmentStatus) : 'detaching',
  };
}

export function instanceOf(answer: SdkInstance): Instance {
  const id = wordOf(answer.InstanceId, 'an instance', 'instanceId');
  if (!isInstanceId(id)) throw wrongShape(`instance ${id}`);
  const attachments = (answer.NetworkInterfaces ?? []).flatMap(({ Attachment }) => Attachment ?? []);
  return {
    id,
    type: wordOf(answer.InstanceType, id, 'instanceType'),
    state: wordOf(answer.State?.Name, id, 'instanceState') as InstanceState,
    availabilityZone: wordOf(answer.Placement?.AvailabilityZone, id, 'availabilityZone'),
    deviceIndexes: attachments
      .filter(({ NetworkCardIndex = 0 }) => NetworkCardIndex === 0)
      .flatMap(({ DeviceIndex }) => (DeviceIndex !== undefined && isCount(DeviceIndex) ? DeviceIndex : [])),
    interfaceCount: attachments.length,
  };
}

export function subnetOf(answer: SdkSubnet): Subnet {
  const id = wordOf(answer.SubnetId, 'a subnet', 'subnetId');
  if (!isSubnetId(id)) throw wrongShape(`subnet ${id}`);
  const ipv6 = (answer.Ipv6CidrBlockAssociationSet ?? []).map(({ Ipv6CidrBlock }) => Ipv6CidrBlock);
  const cidrs = [answer.CidrBlock, ...ipv6].flatMap((text) => parseCidr(textOf(text)) ?? []);
  if (cidrs.length === 0) throw wrongShape(`subnet ${id} without a network`);
  return { id, cidrs };
}

export function limitsOf(instanceType: string, answer: NetworkInfo | undefined): TypeLimits {
  const {
    MaximumNetworkInterfaces: interfaces,
    Ipv4AddressesPerInterface: ipv4,
    Ipv6AddressesPerInterface: ipv6,
  } = answer ?? {};
  const isWrong = [interfaces, ipv4, ipv6].some((count) => count !== undefined && !isCount(count));
  if (interfaces === undefined || interfaces === 0 || isWrong)
    throw wrongShape(`instance type ${instanceType} without its limits`);
  return { interfaces, ipv4, ipv6 };
}

/** A word as EC2 uses them: names of zones, types and states, and ids. */
function wordOf(value: unknown, owner: string, field: string): string {
  if (typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value)) return value;
  const what = value === undefined ? `without ${field}` : `with ${field} ${textOf(value)}`;
  throw wrongShape(`${owner} ${what}`);
}

/** Where an answer has elements in place of a text, the SDK passes on objects. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What is no number in the answer comes as NaN, what is empty as 0. */
function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** A proxy or an outage may cut an answer short; it is no reason to believe anything. */
export function wrongShape(what: string): AgentError {
  return new AgentError('transient', `EC2 described ${excerpt(what)}; look at what answers at its endpoint`);
}

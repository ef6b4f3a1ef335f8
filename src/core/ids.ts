/** Ids as EC2 writes them: a prefix and 8 or 17 hexadecimal digits. */
export type EniId = `eni-${string}`;
export type InstanceId = `i-${string}`;
/** `eni-attach-` and digits; of what AWS itself attached, such as `ela-attach-`. */
export type AttachmentId = `${string}-attach-${string}`;
export type SubnetId = `subnet-${string}`;

/** A hardware address as Linux prints it: six lower-case octets joined by colons. */
export type Mac = `${string}:${string}`;

const ENI_ID = /^eni-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const INSTANCE_ID = /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const ATTACHMENT_ID = /^[a-z]+-attach-[0-9a-f]{1,17}$/;
const SUBNET_ID = /^subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/;
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

export function isEniId(value: unknown): value is EniId {
  return typeof value === 'string' && ENI_ID.test(value);
}

export function isInstanceId(value: unknown): value is InstanceId {
  return typeof value === 'string' && INSTANCE_ID.test(value);
}

export function isAttachmentId(value: unknown): value is AttachmentId {
  return typeof value === 'string' && ATTACHMENT_ID.test(value);
}

export function isSubnetId(value: unknown): value is SubnetId {
  return typeof value === 'string' && SUBNET_ID.test(value);
}

export function isMac(value: unknown): value is Mac {
  return typeof value === 'string' && MAC.test(value);
}

/** Such as `eu-central-1` or `us-gov-west-1`. EC2's host name is made of it. */
export function isRegion(value: unknown): value is string {
  return typeof value === 'string' && REGION.test(value);
}

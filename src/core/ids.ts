/** Ids as EC2 writes them: a prefix and 8 or 17 hexadecimal digits. */
export type EniId = `eni-${string}`;
export type InstanceId = `i-${string}`;
export type AttachmentId = `eni-attach-${string}`;
export type SubnetId = `subnet-${string}`;

/** A hardware address as Linux prints it: six lower-case octets joined by colons. */
export type Mac = `${string}:${string}`;

const ENI_ID = /^eni-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

export function isEniId(text: string): text is EniId {
  return ENI_ID.test(text);
}

export function isMac(text: string): text is Mac {
  return MAC.test(text);
}

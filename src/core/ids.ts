/** Ids as EC2 writes them: a prefix and 8 or 17 hexadecimal digits. */
export type EniId = `eni-${string}`;
export type InstanceId = `i-${string}`;
/** `eni-attach-` and digits; of what AWS itself attached, such as `ela-attach-`. */
export type AttachmentId = `${string}-attach-${string}`;
export type SubnetId = `subnet-${string}`;
export type VpcId = `vpc-${string}`;

/** A hardware address as Linux prints it: six lower-case octets joined by colons. */
export type Mac = `${string}:${string}`;

const wordLike =
  <T extends string>(pattern: RegExp) =>
  (value: unknown): value is T =>
    typeof value === 'string' && pattern.test(value);

export const isEniId = wordLike<EniId>(/^eni-(?:[0-9a-f]{8}|[0-9a-f]{17})$/);
export const isInstanceId = wordLike<InstanceId>(/^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/);
export const isAttachmentId = wordLike<AttachmentId>(/^[a-z]+-attach-[0-9a-f]{1,17}$/);
export const isSubnetId = wordLike<SubnetId>(/^subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})$/);
export const isVpcId = wordLike<VpcId>(/^vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})$/);
export const isMac = wordLike<Mac>(/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/);

/** Such as `eu-central-1` or `us-gov-west-1`. EC2's host name is made of it. */
export const isRegion = wordLike<string>(/^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/);

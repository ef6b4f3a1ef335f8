import type { Tag } from '../core/iam-policy.ts';
import type { InstanceId, SubnetId } from '../core/ids.ts';
import { isInstanceId, isSubnetId } from '../core/ids.ts';
import { quote } from '../ocf/quote.ts';
import type { Parse } from '../ocf/values.ts';

/** Values of options that are no parameters of a resource. */
function matching<T extends string>(is: (text: unknown) => text is T, expected: string): Parse<T> {
  return (text) => (is(text) ? text : { problem: `${quote(text)} is no ${expected}` });
}

export const instanceId: Parse<InstanceId> = matching(
  isInstanceId,
  'instance id; give it as EC2 prints it, such as i-0123456789abcdef0',
);

export const subnetId: Parse<SubnetId> = matching(
  isSubnetId,
  'subnet id; give it as EC2 prints it, such as subnet-0123456789abcdef0',
);

export const securityGroupId: Parse<string> = matching(
  (text): text is string => typeof text === 'string' && /^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(text),
  'security group id; give it as EC2 prints it, such as sg-0123456789abcdef0',
);

export const accountId: Parse<string> = matching(
  (text): text is string => typeof text === 'string' && /^\d{12}$/.test(text),
  'AWS account; give its twelve digits',
);

/** An id of a resource, as a shell and crmsh take it without quotes. */
export const resourceName: Parse<string> = (text) =>
  /^[A-Za-z][\w.-]{0,63}$/.test(text)
    ? text
    : { problem: `${quote(text)} is no name for crmsh; use a letter, then letters, digits, '_', '.' or '-'` };

/** `KEY=VALUE`. Source: EC2 User Guide, "Tag restrictions". */
export const tag: Parse<Tag> = (text) => {
  const [, key = '', value = ''] =
    /^([\p{L}\p{Z}\p{N}_.:/+@-]{1,128})=([\p{L}\p{Z}\p{N}_.:/=+@-]{0,256})$/u.exec(text) ?? [];
  if (key === '') return { problem: `${quote(text)} is no tag; give KEY=VALUE, such as cluster=prod` };
  return key.toLowerCase().startsWith('aws:')
    ? { problem: `${quote(text)}: keys that begin with aws: are AWS's own; choose another` }
    : { key, value };
};

/** Source: EC2 API reference, CreateNetworkInterface. */
export const description: Parse<string> = (text) =>
  /^[ -~]{1,255}$/.test(text)
    ? text
    : { problem: `${quote(text)} is not 1 to 255 printable ASCII characters` };

export const clientToken: Parse<string> = (text) =>
  /^[!-~]{1,64}$/.test(text)
    ? text
    : { problem: `${quote(text)} is not 1 to 64 ASCII characters without blanks` };

import type { Fault } from '../../sandbox/http/faults.ts';

/** Something that goes wrong with a call of EC2, by the name that the matrix and its documentation use. */
export interface NamedFault {
  readonly name: string;
  readonly do: Fault;
}

/** HTTP statuses as EC2 sends them. Source: "Error codes for the Amazon EC2 API". */
const statusOf: Readonly<Record<string, number>> = {
  AuthFailure: 401,
  OptInRequired: 401,
  Blocked: 403,
  MissingAuthenticationToken: 403,
  UnauthorizedOperation: 403,
  InternalError: 500,
  InternalFailure: 500,
  ServerInternal: 500,
  ServiceUnavailable: 503,
  Unavailable: 503,
  RequestLimitExceeded: 503,
  EC2ThrottledException: 503,
};

function code(name: string): NamedFault {
  return { name, do: { error: name, status: statusOf[name] ?? 400, message: `${name} as ordered` } };
}

/** EC2 or its clients' credentials say no, and will again. */
export const refusals = [
  'UnauthorizedOperation',
  'AuthFailure',
  'InvalidClientTokenId',
  'MissingAuthenticationToken',
  'IncompleteSignature',
  'SignatureDoesNotMatch',
  'OptInRequired',
  'Blocked',
  'PendingVerification',
].map(code);

/** Right values that can't work here. */
export const misfits = [
  'InvalidParameterCombination',
  'AttachmentLimitExceeded',
  'InvalidInterface.IpAddressLimitExceeded',
  'NetworkInterfaceLimitExceeded',
  'InvalidAction',
  'OperationNotPermitted',
  'InvalidInstanceID.NotFound',
  'InvalidInstanceID.Malformed',
  'UnsupportedOperation',
  'Unsupported',
].map(code);

/** Codes of mistakes of the program, and any that nobody knows. */
export const mistakes = [
  'MissingParameter',
  'InvalidParameter',
  'InvalidParameterValue',
  'UnknownParameter',
  'InvalidQueryParameter',
  'MalformedQueryString',
  'FilterLimitExceeded',
  'InvalidNetworkInterfaceId.Malformed',
  'CodeOfTomorrow',
].map(code);

/** An ENI that EC2 does not know, by its codes. */
export const notFound = ['InvalidNetworkInterfaceID.NotFound', 'InvalidNetworkInterface.NotFound'].map(code);

/** Answers to an attach that speak of where things are now. */
export const attachAnswers: readonly NamedFault[] = [
  code('InvalidNetworkInterface.InUse'),
  code('IncorrectState'),
  {
    name: 'InvalidParameterValue (device index)',
    do: {
      error: 'InvalidParameterValue',
      status: 400,
      message: "Instance 'i-0aaaaaaaaaaaaaaaa' already has an interface attached at device index '1'.",
    },
  },
];

/** Answers to a detach that speak of where things are now. */
export const detachAnswers = ['InvalidAttachmentID.NotFound', 'IncorrectState'].map(code);

/** EC2 answers that it can't at present. */
export const overload = [
  'RequestLimitExceeded',
  'EC2ThrottledException',
  'Throttling',
  'ThrottlingException',
  'InternalError',
  'InternalFailure',
  'ServerInternal',
  'ServiceUnavailable',
  'Unavailable',
  'IncorrectInstanceState',
]
  .map(code)
  .concat([500, 502, 503, 504].map((status) => ({ name: `HTTP ${status}`, do: { status } })));

export const expired = ['RequestExpired', 'ExpiredToken', 'ExpiredTokenException'].map(code);

/** Nothing is done, and nothing that could be an answer comes back. */
export const silence: readonly NamedFault[] = [
  { name: 'black hole', do: 'black-hole' },
  { name: 'dropped before it is done', do: 'drop-before' },
  { name: 'not XML', do: 'not-xml' },
  { name: 'an empty body', do: { body: '' } },
  { name: 'XML of another shape', do: { body: xml('DescribeRegionsResponse', '<regionInfo/>') } },
];

/** It is done, and nothing that could be an answer comes back. */
export const lostAnswers: readonly NamedFault[] = [
  { name: 'dropped after it is done', do: 'drop-after' },
  { name: 'an answer that is cut off', do: 'cut-off' },
];

/** An answer to another question than the one about the ENI. */
export const wrongEnis: readonly NamedFault[] = [
  { name: 'another ENI', do: { body: described(eni('eni-0d1b2c3d4e5f60710')) } },
  { name: 'two ENIs', do: { body: described(eni('eni-0a1b2c3d4e5f60718') + eni('eni-0d1b2c3d4e5f60710')) } },
  {
    name: 'an ENI without an address',
    do: { body: described('<item><networkInterfaceId>eni-0a1b2c3d4e5f60718</networkInterfaceId></item>') },
  },
];

export const emptyList: readonly NamedFault[] = [{ name: 'an empty list', do: { body: described('') } }];

function described(items: string): string {
  return xml('DescribeNetworkInterfacesResponse', `<networkInterfaceSet>${items}</networkInterfaceSet>`);
}

function eni(id: string): string {
  return `<item><networkInterfaceId>${id}</networkInterfaceId><subnetId>subnet-0000000000000000a</subnetId><availabilityZone>eu-central-1a</availabilityZone><macAddress>02:d4:e5:f6:07:18</macAddress><status>available</status><privateIpAddressesSet><item><privateIpAddress>10.2.0.10</privateIpAddress><primary>true</primary></item></privateIpAddressesSet></item>`;
}

function xml(root: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><${root} xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>00000000-0000-4000-8000-0000000000ff</requestId>${content}</${root}>`;
}

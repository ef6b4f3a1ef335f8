import fc from 'fast-check';
import { hostileText, spoiled } from './hostile-text.ts';
import type { HttpAnswer } from './loopback.ts';

const ENI = `<item><networkInterfaceId>eni-0a1b2c3d4e5f60718</networkInterfaceId><subnetId>subnet-0000000000000000a</subnetId>
<availabilityZone>eu-central-1a</availabilityZone><macAddress>02:00:0a:02:00:0a</macAddress><requesterManaged>false</requesterManaged>
<attachment><attachmentId>eni-attach-0a1b2c3d4e5f60718</attachmentId><instanceId>i-0aaaaaaaaaaaaaaaa</instanceId><deviceIndex>1</deviceIndex><status>attached</status></attachment>
<privateIpAddressesSet><item><privateIpAddress>10.2.0.10</privateIpAddress><primary>true</primary></item></privateIpAddressesSet></item>`;
const INSTANCE = `<item><instancesSet><item><instanceId>i-0aaaaaaaaaaaaaaaa</instanceId><instanceType>m5.large</instanceType>
<instanceState><name>running</name></instanceState><placement><availabilityZone>eu-central-1a</availabilityZone></placement>
<networkInterfaceSet><item><attachment><deviceIndex>0</deviceIndex></attachment></item></networkInterfaceSet></item></instancesSet></item>`;

/** Elements of EC2's answers with a text in them, good ones. */
const BODIES: readonly string[] = [
  `<DescribeNetworkInterfacesResponse><networkInterfaceSet>${ENI}</networkInterfaceSet></DescribeNetworkInterfacesResponse>`,
  `<DescribeInstancesResponse><reservationSet>${INSTANCE}</reservationSet></DescribeInstancesResponse>`,
  '<DescribeSubnetsResponse><subnetSet><item><subnetId>subnet-0000000000000000a</subnetId><cidrBlock>10.2.0.0/24</cidrBlock></item></subnetSet></DescribeSubnetsResponse>',
  '<DescribeInstanceTypesResponse><instanceTypeSet><item><instanceType>m5.large</instanceType><networkInfo><maximumNetworkInterfaces>3</maximumNetworkInterfaces></networkInfo></item></instanceTypeSet></DescribeInstanceTypesResponse>',
  '<AttachNetworkInterfaceResponse><attachmentId>eni-attach-0a1b2c3d4e5f60718</attachmentId></AttachNetworkInterfaceResponse>',
  '<DetachNetworkInterfaceResponse><return>true</return></DetachNetworkInterfaceResponse>',
];

const CODES: readonly string[] = [
  'AuthFailure',
  'UnauthorizedOperation',
  'RequestLimitExceeded',
  'InvalidNetworkInterfaceID.NotFound',
  'InvalidAttachmentID.NotFound',
  'IncorrectState',
  'DryRunOperation',
  'InvalidParameterValue',
  'InternalError',
  'TypeError',
];

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
/** As a text, as markup of its own, or by number. */
const written = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(text.map(escaped), text, fc.constantFrom('&#0;&#10;&#8238;', '<x>1</x><x/>', ''));

/** A good body with one of its texts spoiled, or an element said twice. */
const spoiledBody = fc.constantFrom(...BODIES).chain((body) => {
  const texts = [...body.matchAll(/<(\w+)>([^<>]+)<\/\1>/g)];
  return fc.constantFrom(...texts).chain(([element, name = '', text = '']) =>
    fc.oneof(
      {
        weight: 6,
        arbitrary: written(spoiled(text)).map((word) => body.replace(element, `<${name}>${word}</${name}>`)),
      },
      { weight: 1, arbitrary: fc.constant(body.replace(element, element + element)) },
      { weight: 1, arbitrary: fc.constant(body.replace(element, '')) },
    ),
  );
});

const spoiledError = fc
  .tuple(
    ...[spoiled('AuthFailure'), fc.constantFrom(...CODES)].map(written),
    written(hostileText),
    written(hostileText),
  )
  .map(
    ([one, other, message, id]) =>
      `<Response><Errors><Error><Code>${Number(one?.length) % 3 ? other : one}</Code><Message>${message}</Message></Error></Errors><RequestID>${id}</RequestID></Response>`,
  );

const status = fc.oneof(
  { weight: 4, arbitrary: fc.constant(200) },
  { weight: 3, arbitrary: fc.constantFrom(400, 401, 403, 404, 412, 429, 500, 502, 503) },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 599 }) },
);

/** What stands where EC2 should, and may say anything. */
export const ec2Answer: fc.Arbitrary<HttpAnswer> = fc.record({
  status,
  body: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...BODIES) },
    { weight: 8, arbitrary: spoiledBody },
    { weight: 4, arbitrary: spoiledError },
    { weight: 1, arbitrary: fc.tuple(spoiledBody, fc.nat(600)).map(([text, end]) => text.slice(0, end)) },
    { weight: 1, arbitrary: hostileText },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  ),
});

import { ACCOUNT, ZONES } from '../plan-vpc.ts';
import type { Eni, Instance, WorldState } from '../world/world-state.ts';
import type { Credentials } from './credentials.ts';

/** All there is below /latest/, by path. Source: EC2 User Guide, "Instance metadata categories". */
export type MetadataTree = ReadonlyMap<string, string>;

export function metadataTree(
  state: WorldState,
  instance: Instance,
  credentials: Credentials,
  startedAt: Date,
): MetadataTree {
  const listed = instance.listed.flatMap((id) => state.enis[id] ?? []);
  const own = listed.find(({ attachment }) => attachment?.deviceIndex === 0);
  const zone = Object.values(ZONES).find(({ name }) => name === instance.availabilityZone);
  const entries: Readonly<Record<string, string>> = {
    'meta-data/instance-id': instance.id,
    'meta-data/instance-type': instance.type,
    'meta-data/mac': own?.mac ?? '',
    'meta-data/local-ipv4': own?.ipv4[0] ?? '',
    'meta-data/placement/region': ACCOUNT.region,
    'meta-data/placement/availability-zone': instance.availabilityZone,
    'meta-data/placement/availability-zone-id': zone?.id ?? '',
    'meta-data/services/partition': ACCOUNT.partition,
    'meta-data/services/domain': ACCOUNT.domain,
    'meta-data/iam/info': JSON.stringify({
      Code: 'Success',
      InstanceProfileArn: `arn:${ACCOUNT.partition}:iam::${ACCOUNT.ownerId}:instance-profile/${ACCOUNT.role}`,
    }),
    [`meta-data/iam/security-credentials/${ACCOUNT.role}`]: roleDocument(credentials),
    'dynamic/instance-identity/document': identityDocument(instance, own, startedAt),
  };
  const interfaces = listed.flatMap((eni) => interfaceEntries(state, eni));
  return new Map([...Object.entries(entries), ...interfaces]);
}

/** A value that an interface does not have is not there: 404. */
function interfaceEntries(state: WorldState, eni: Eni): readonly (readonly [string, string])[] {
  const subnet = state.subnets[eni.subnetId];
  const index = eni.attachment?.deviceIndex;
  const values: Readonly<Record<string, string | undefined>> = {
    'device-number': index?.toString(),
    'interface-id': eni.id,
    ipv6s: eni.ipv6.join('\n'),
    'local-ipv4s': eni.ipv4.join('\n'),
    mac: eni.mac,
    'owner-id': ACCOUNT.ownerId,
    'security-group-ids': ACCOUNT.securityGroupId,
    'subnet-id': eni.subnetId,
    'subnet-ipv4-cidr-block': subnet?.cidr,
    'subnet-ipv6-cidr-blocks': subnet?.ipv6Cidrs.join('\n'),
    'vpc-id': subnet?.vpcId,
    'vpc-ipv4-cidr-block': ACCOUNT.vpcCidr,
    'vpc-ipv4-cidr-blocks': ACCOUNT.vpcCidr,
  };
  return Object.entries(values).flatMap(([key, value]) =>
    value ? [[`meta-data/network/interfaces/macs/${eni.mac}/${key}`, value] as const] : [],
  );
}

function roleDocument(credentials: Credentials): string {
  const document = {
    Code: 'Success',
    LastUpdated: seconds(credentials.issuedMs),
    Type: 'AWS-HMAC',
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.sessionToken,
    Expiration: seconds(credentials.expiresMs),
  };
  return JSON.stringify(document, null, 2);
}

function identityDocument(instance: Instance, own: Eni | undefined, startedAt: Date): string {
  const document = {
    accountId: ACCOUNT.ownerId,
    architecture: 'x86_64',
    availabilityZone: instance.availabilityZone,
    billingProducts: null,
    devpayProductCodes: null,
    marketplaceProductCodes: null,
    imageId: 'ami-0123456789abcdef0',
    instanceId: instance.id,
    instanceType: instance.type,
    kernelId: null,
    pendingTime: seconds(startedAt.getTime()),
    privateIp: own?.ipv4[0] ?? null,
    ramdiskId: null,
    region: ACCOUNT.region,
    version: '2017-09-30',
  };
  return JSON.stringify(document, null, 2);
}

function seconds(calendarMs: number): string {
  return new Date(calendarMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * What a path answers: a value, or the listing of a directory, one name a line, directories ending in "/".
 * @param path below /latest/, or a dated version of it; `undefined`: 404
 */
export function lookUp(tree: MetadataTree, path: string): string | undefined {
  const value = tree.get(path);
  if (value !== undefined) return value;
  const prefix = path === '' || path.endsWith('/') ? path : `${path}/`;
  const children = [...tree.keys()].flatMap((key) => {
    if (!key.startsWith(prefix)) return [];
    const [name = '', ...deeper] = key.slice(prefix.length).split('/');
    return [deeper.length > 0 ? `${name}/` : name];
  });
  return children.length === 0 ? undefined : [...new Set(children)].toSorted().join('\n');
}

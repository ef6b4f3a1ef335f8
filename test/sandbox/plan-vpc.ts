import type { ExtraEni, NodeOptions, SandboxOptions } from './sandbox-options.ts';
import { DEFAULT_LATENCIES, NODE_A, NODE_B, SERVICE_ENI } from './sandbox-options.ts';
import type { WorldOptions } from './world/create-world.ts';
import type { Eni, Subnet } from './world/world-state.ts';

/** Fixed facts of the account that the sandbox plays. */
export const ACCOUNT = {
  ownerId: '123456789012',
  region: 'eu-central-1',
  partition: 'aws',
  domain: 'amazonaws.com',
  vpcId: 'vpc-0c0ffee0c0ffee0c0',
  vpcCidr: '10.0.0.0/8',
  securityGroupId: 'sg-05ec0000000000000',
  role: 'aws-eni-node',
} as const;

export const ZONES = {
  same: { name: `${ACCOUNT.region}a`, id: 'euc1-az2' },
  other: { name: `${ACCOUNT.region}b`, id: 'euc1-az3' },
} as const;

/** A subnet and the bridge that carries it. */
export interface Segment extends Subnet {
  readonly bridge: string;
  /** The subnet's router, its first host. */
  readonly router: string;
}

/** A machine and what its eth0 is like. */
export interface MachinePlan {
  readonly name: 'a' | 'b' | 'client';
  readonly hostname: string;
  /** Absent for the client, which is no instance. */
  readonly instanceId?: string;
  readonly mac: string;
  readonly subnetId: string;
  /** With prefix length. */
  readonly addresses: readonly string[];
}

export interface VpcPlan {
  readonly segments: readonly Segment[];
  readonly machines: readonly MachinePlan[];
  readonly world: WorldOptions;
}

const SERVICE_SUBNET = 'subnet-0a000000000000002';
const NODES_SUBNET = 'subnet-0b000000000000001';
const CLIENT_SUBNET = 'subnet-0c000000000000003';
/** In a VPC of its own, which has the same networks. */
const NAMESAKE_SUBNET = 'subnet-0e000000000000005';
const OTHER_VPC = 'vpc-0d1ce0d1ce0d1ce0d';
const OTHER_ZONE_SUBNET = 'subnet-0d000000000000004';

const INSTANCE_TYPES: Readonly<Record<string, number>> = {
  't3.nano': 2,
  't3.small': 3,
  'm5.large': 3,
  'm5.xlarge': 4,
  'c5.9xlarge': 8,
};

/** Source: EC2 User Guide, "Maximum IP addresses per network interface". */
const ADDRESS_LIMITS: NonNullable<WorldOptions['addressLimits']> = {
  't3.nano': { ipv4: 2, ipv6: 2 },
  't3.small': { ipv4: 4, ipv6: 4 },
  'm5.large': { ipv4: 10, ipv6: 10 },
  'm5.xlarge': { ipv4: 15, ipv6: 15 },
  'c5.9xlarge': { ipv4: 30, ipv6: 30 },
};

export function planVpc(options: SandboxOptions): VpcPlan {
  const segments = [
    segment('brA', SERVICE_SUBNET, '10.2.0', ZONES.same.name, ['fd00:2::/64']),
    segment('brB', NODES_SUBNET, '10.1.0', ZONES.same.name, []),
    segment('brC', CLIENT_SUBNET, '10.3.0', ZONES.same.name, ['fd00:3::/64']),
    segment('brD', OTHER_ZONE_SUBNET, '10.4.0', ZONES.other.name, []),
  ];
  const a = node('a', NODE_A, 11, options.nodes?.a);
  const b = node('b', NODE_B, 12, options.nodes?.b);
  const client: MachinePlan = {
    name: 'client',
    hostname: 'client',
    mac: '02:00:00:03:00:64',
    subnetId: CLIENT_SUBNET,
    addresses: ['10.3.0.100/24', 'fd00:3::100/64'],
  };
  const namesake: Subnet = { ...(segments[0] as Segment), id: NAMESAKE_SUBNET, vpcId: OTHER_VPC };
  const { ipv4 = ['10.2.0.10'], ipv6 = [] } = options.service ?? {};
  const made = (subnetId: string, description: string, extras: readonly ExtraEni[]) =>
    extras.map((extra) => ({ ...eni(extra.id, subnetId, description, extra.ipv4), ...extra }));
  // The namesakes first, so that who takes the first of a list takes the wrong one.
  const enis = [
    ...made(NAMESAKE_SUBNET, 'namesake', options.namesakes ?? []),
    ...made(SERVICE_SUBNET, 'service', [{ id: SERVICE_ENI, ipv4, ipv6 }, ...(options.moreEnis ?? [])]),
  ];
  requireOwnMacs([...enis, a.instance.own, b.instance.own]);
  return {
    segments,
    machines: [a.machine, b.machine, client],
    world: {
      subnets: [...segments, namesake],
      instances: [a.instance, b.instance],
      enis: enis.map((one) => ({ ...one, ipv6: one.ipv6 ?? [] })),
      securityGroups: [{ id: ACCOUNT.securityGroupId, name: 'default', admits: true }],
      instanceTypes: { ...INSTANCE_TYPES, ...options.instanceTypes },
      addressLimits: ADDRESS_LIMITS,
      latencies: { ...DEFAULT_LATENCIES, ...options.latencies },
      forcedDetachLeavesTraces: options.forcedDetachLeavesTraces ?? false,
    },
  };
}

function segment(
  bridge: string,
  id: string,
  prefix: string,
  availabilityZone: string,
  ipv6Cidrs: readonly string[],
): Segment {
  const { vpcId } = ACCOUNT;
  return { bridge, id, vpcId, availabilityZone, cidr: `${prefix}.0/24`, router: `${prefix}.1`, ipv6Cidrs };
}

type Own = Omit<Eni, 'attachment'>;

function node(
  name: 'a' | 'b',
  id: string,
  host: number,
  options: NodeOptions = {},
): { readonly machine: MachinePlan; readonly instance: WorldOptions['instances'][number] } {
  const other = options.zone === 'other';
  const subnetId = other ? OTHER_ZONE_SUBNET : NODES_SUBNET;
  const address = `${other ? '10.4.0' : '10.1.0'}.${host}`;
  const own = eni(`eni-0${name.repeat(16)}`, subnetId, `eth0 of node ${name}`, [address]);
  return {
    machine: {
      name,
      hostname: `node-${name}`,
      instanceId: id,
      mac: own.mac,
      subnetId,
      addresses: [`${address}/24`],
    },
    instance: { id, type: options.type ?? 'm5.large', subnetId, own },
  };
}

function eni(id: string, subnetId: string, description: string, ipv4: Own['ipv4']): Own {
  // Locally administered, and the same in each run.
  const mac = ['02', ...(id.slice(-10).match(/../g) ?? [])].join(':');
  return {
    id,
    mac,
    subnetId,
    description,
    ipv4,
    ipv6: [],
    interfaceType: 'interface',
    requesterManaged: false,
    sourceDestCheck: true,
    groups: [ACCOUNT.securityGroupId],
    tags: {},
  };
}

/** No two have one in a network. */
function requireOwnMacs(enis: readonly Pick<Eni, 'id' | 'mac'>[]): void {
  for (const [at, { id, mac }] of enis.entries()) {
    const other = enis.slice(0, at).find((one) => one.mac === mac);
    if (other !== undefined)
      throw new Error(`${other.id} and ${id} would both have MAC ${mac}; choose another id`);
  }
}

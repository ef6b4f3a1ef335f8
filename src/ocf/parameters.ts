import type { Settings } from '../core/settings.ts';
import type { Parse } from './values.ts';
import * as values from './values.ts';

/** One parameter of the resource. */
interface ParameterSpec<T> {
  /** The type that the meta-data gives; a duration is a string there. */
  readonly type: 'string' | 'integer' | 'boolean';
  /** As an operator would write it; `undefined`: unset. */
  readonly default: string | undefined;
  /** Pacemaker may change it by `reload-agent` instead of a restart. */
  readonly reloadable: boolean;
  /** Two resources may not have the same value. */
  readonly unique: boolean;
  readonly parse: Parse<NonNullable<T>>;
  readonly short: string;
  readonly long: string;
}

type SnakeCase<S extends string> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Capitalize<Head> ? (Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`) : Head}${SnakeCase<Tail>}`
  : S;

export type ParameterName = SnakeCase<keyof Settings>;

type Table = { readonly [K in keyof Settings as SnakeCase<K>]: ParameterSpec<Settings[K]> };

const unset = { default: undefined, unique: false } as const;
const text = { type: 'string', reloadable: true, unique: false } as const;
const identifying = { type: 'string', reloadable: false } as const;

/**
 * The one place a parameter is declared. Its type is `Settings`; parsing, meta-data, help and the README's table
 * are made from it.
 */
export const parameters: Table = {
  eni_id: {
    ...identifying,
    ...unset,
    unique: true,
    parse: values.eniId,
    short: 'Id of the ENI',
    long: 'The network interface that carries the service. One of eni_id and ip must be given; given both, they must agree.',
  },
  ip: {
    ...identifying,
    ...unset,
    unique: true,
    parse: values.ipv4,
    short: 'An address of the ENI',
    long: "Any private IPv4 address of the ENI, to find it by; where the address is in use in several VPCs, the ENI in this instance's VPC. One of eni_id and ip must be given.",
  },
  region: {
    ...text,
    ...unset,
    parse: values.region,
    short: 'AWS region',
    long: "Region of the ENI. Unset: the instance's own, as its metadata service says. A change under the running resource counts from the next call of EC2 on.",
  },
  device_index: {
    ...text,
    ...unset,
    type: 'integer',
    parse: values.integer(1, 31),
    short: 'Device index to attach at',
    long: 'Where the ENI is attached to the instance, 1 to 31. Unset: the lowest free one. A change under the running resource counts when the ENI is attached next.',
  },
  routing_table: {
    ...identifying,
    default: 'MYHA',
    unique: true,
    parse: values.tableName,
    short: 'Name of the routing table',
    long: 'Name of the table that holds the routes of the ENI; start declares it in /etc/iproute2/rt_tables.d. Each resource needs a table of its own.',
  },
  routing_table_id: {
    ...identifying,
    type: 'integer',
    default: '100',
    unique: true,
    parse: values.tableId,
    short: 'Number of the routing table',
    long: 'Number of that table: 1 to 252, or 256 and above.',
  },
  rule_priority: {
    ...text,
    type: 'integer',
    default: '100',
    parse: values.integer(1, 32_765),
    short: 'Priority of the routing rules',
    long: "Priority of the rules that lead to the table, 1 to 32765: before the main table's 32766.",
  },
  rule_from: {
    ...text,
    default: 'addresses',
    parse: values.ruleFrom,
    short: 'What the rules match',
    long: "Which source addresses are routed by the table. addresses: each address of the ENI, one rule each; subnet: the ENI's subnet, for which the role needs ec2:DescribeSubnets; or networks such as 10.2.0.0/24, separated by commas. On SLES, cloud-netconfig deletes each rule that is not for exactly one local address whenever an interface goes away, so addresses is the one that lasts there.",
  },
  router: {
    ...text,
    ...unset,
    parse: values.ipv4,
    short: "Router of the ENI's subnet",
    long: "IPv4 address of the default route in the table. Unset: the first host of the ENI's subnet, where AWS puts it.",
  },
  manage_addresses: {
    ...text,
    type: 'boolean',
    default: 'true',
    parse: values.boolean,
    short: 'Put the addresses on the device',
    long: "Whether start puts the ENI's addresses on the device and stop takes them away. false: the distribution does it, and start waits for it.",
  },
  detach_mode: {
    ...text,
    default: 'auto',
    parse: values.oneOf('auto', 'graceful', 'force'),
    short: 'How to detach the ENI',
    long: 'graceful: never by force; force: always; auto: by force at once where the holder is stopped or terminated, otherwise gracefully, and by force after force_after. A forced detach from a running instance can leave its device index unusable until it is stopped.',
  },
  force_after: {
    ...text,
    default: '30s',
    parse: values.duration(0, 3_600_000),
    short: 'When to detach by force',
    long: 'With detach_mode=auto: how long a graceful detach may take, counted on in the next action where one ends before. An action whose time limit would end earlier forces earlier, in time to succeed; with less than 20 s it has no time for that, and says so.',
  },
  detach_on_stop: {
    ...text,
    type: 'boolean',
    default: 'true',
    parse: values.boolean,
    short: 'Detach the ENI at stop',
    long: 'false: stop leaves the ENI attached, with its link down and without addresses; the next start elsewhere detaches it.',
  },
  stop_fallback: {
    ...text,
    default: 'isolate',
    parse: values.oneOf('isolate', 'fail'),
    short: "What stop does when the ENI can't be detached",
    long: 'isolate: rules, routes, addresses and link are down, which is reported as stopped; the next start detaches the ENI. fail: the stop fails, and the cluster fences this node.',
  },
  repair: {
    ...text,
    type: 'boolean',
    default: 'true',
    parse: values.boolean,
    short: 'Let monitor put back what is missing',
    long: 'true: a rule, route or address of the ENI that somebody took away, or a link that was set down, is put back by the recurring monitor, which warns and reports "degraded" once. false: it fails the resource, and the cluster restarts it, which costs the clients seconds.',
  },
  mtu: {
    ...text,
    ...unset,
    type: 'integer',
    parse: values.integer(68, 9_216),
    short: "MTU of the ENI's device",
    long: "MTU that start gives the ENI's device, 68 to 9216; with IPv6 addresses of the ENI at least 1280. Unset: that of the primary interface, which is the one of the main table's IPv4 default route; with manage_addresses=false it is left as it is.",
  },
  exclusive: {
    ...text,
    type: 'boolean',
    default: 'true',
    parse: values.boolean,
    short: "Keep other software off the ENI's device",
    long: "true: start keeps NetworkManager, systemd-networkd, cloud-netconfig (and so wicked), ifupdown, cloud-init and amazon-ec2-net-utils off the ENI's device, before it comes and by files that a boot forgets; stop takes that back. false, or with manage_addresses=false: nobody is told, and what an earlier start said is taken back.",
  },
  profile: {
    ...text,
    ...unset,
    parse: values.profile,
    short: 'AWS profile',
    long: "Profile of root's AWS configuration files, which alone says whose credentials are used: where there is no such profile, it names no credentials, or they can't be had, no other identity takes its place. Unset: that of AWS_PROFILE, or else the usual chain, which ends at the instance's role.",
  },
  endpoint_url: {
    ...text,
    ...unset,
    parse: values.url,
    short: 'URL of the EC2 endpoint',
    long: "URL at which EC2 is called, such as that of a VPC endpoint. Unset: the region's.",
  },
  connect_timeout: {
    ...text,
    default: '2s',
    parse: values.duration(100, 60_000),
    short: 'Time to connect to EC2',
    long: 'How long a connection to EC2 or to its proxy may take.',
  },
  request_timeout: {
    ...text,
    default: '5s',
    parse: values.duration(100, 60_000),
    short: 'Time for an answer of EC2',
    long: 'How long an answer of EC2 may take.',
  },
  max_attempts: {
    ...text,
    type: 'integer',
    default: '3',
    parse: values.integer(1, 10),
    short: 'Attempts for one call of EC2',
    long: 'How often one call of EC2 is tried, with pauses that grow. start goes on after that until its time is up.',
  },
};

/** In the order of the table. */
export const parameterNames = Object.keys(parameters) as readonly ParameterName[];

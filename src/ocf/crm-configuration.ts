import type { FencingProperty } from '../core/fencing-property.ts';
import { advisedActions } from './advised-actions.ts';
import type { ParameterName } from './parameters.ts';
import { parameterNames, parameters } from './parameters.ts';
import { PLAIN_WORD, shellWord } from './shell-word.ts';

/** A node of the cluster and its EC2 instance; `undefined`: nobody has said it. */
export interface ClusterNodeInstance {
  readonly node: string | undefined;
  readonly instanceId: string | undefined;
}

export interface CrmConfiguration {
  /** Name of the resource. */
  readonly resource: string;
  /** Resource parameters, as text; those that are as by default are left out. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly region: string | undefined;
  /** Empty: two of which nothing is known. */
  readonly nodes: readonly ClusterNodeInstance[];
  /** What needs the address, such as `my-database`. */
  readonly dependent: string | undefined;
  /** The cluster's property that has switched fencing off, to be switched on; `undefined`: fencing is on, as by default. */
  readonly fencingProperty?: FencingProperty['name'] | undefined;
}

/** The fencing of the second node waits so long, so that the nodes do not fence each other. */
const FENCING_DELAY_S = 15;

/** EC2 may take minutes to stop an instance whose guest does not answer. Pacemaker's own limit is a minute. */
const FENCING_LIMIT_S = 600;

/**
 * Lines for crmsh: a whole cluster's configuration for one ENI, with fencing. The reasons are in README.md, "Cluster
 * configuration".
 */
export function crmConfiguration(configuration: CrmConfiguration): string {
  const { dependent, fencingProperty } = configuration;
  const switchOn = fencingProperty === undefined ? '' : `${fencingProperty}=true `;
  const resource = shellWord(configuration.resource);
  const group = shellWord(`${configuration.resource}-group`);
  return `${[
    // First: a cluster that has resources already must not be told to fence before it can.
    ...fencing(configuration),
    `crm configure property ${switchOn}start-failure-is-fatal=false`,
    'crm configure rsc_defaults resource-stickiness=1000 \\\n    migration-threshold=3 failure-timeout=600s',
    primitive(configuration),
    ...(dependent === undefined
      ? exampleOfDependent(resource, group)
      : [`crm configure group ${group} ${resource} ${shellWord(dependent)}`]),
  ].join('\n')}\n`;
}

/** What a person must replace before these lines work; empty: nothing. */
export function placeholdersIn({ nodes, region }: CrmConfiguration): readonly string[] {
  return [
    ...(region === undefined ? ['REGION'] : []),
    ...filled(nodes).flatMap(({ node, instanceId }, at) => [
      ...(nodes[at]?.node === undefined ? [node] : []),
      ...(nodes[at]?.instanceId === undefined ? [instanceId] : []),
    ]),
  ];
}

const NOTHING_KNOWN: ClusterNodeInstance = { node: undefined, instanceId: undefined };

/** With words in capitals where nobody has said it: crmsh takes them, and AWS does not. */
function filled(
  nodes: readonly ClusterNodeInstance[],
): readonly { readonly node: string; readonly instanceId: string }[] {
  const all = nodes.length > 0 ? nodes : [NOTHING_KNOWN, NOTHING_KNOWN];
  return all.map(({ node, instanceId }, at) => {
    const letter = String.fromCharCode('A'.charCodeAt(0) + at);
    return { node: node ?? `NODE-${letter}`, instanceId: instanceId ?? `INSTANCE-ID-${letter}` };
  });
}

/**
 * A device for each node: a delay for each node in one device is unknown before Pacemaker 2.1.2. And all that it is to do
 * differently is said to the device, for the cluster's properties about fencing are called otherwise from 3.0.2 on.
 */
function fencing({ nodes, region = 'REGION' }: CrmConfiguration): readonly string[] {
  return filled(nodes).map(({ node, instanceId }, at) =>
    continued(
      `crm configure primitive fencing-${node} stonith:fence_aws`,
      `params region=${region}`,
      `pcmk_host_map="${node}:${instanceId}"`,
      // A node that comes back by itself may be lost again for the same reason.
      'pcmk_reboot_action=off',
      `pcmk_off_timeout=${FENCING_LIMIT_S}s pcmk_reboot_timeout=${FENCING_LIMIT_S}s`,
      ...(at === 0 ? [] : [`pcmk_delay_base=${at * FENCING_DELAY_S}s`]),
      'op monitor interval=600s timeout=60s',
    ),
  );
}

function primitive({ resource, parameters: given }: CrmConfiguration): string {
  const pairs = parameterNames.flatMap((name) => pairOf(name, given[name]));
  const operations = ['start', 'stop', 'monitor'].map((name) => {
    const [, spec] = advisedActions.find(([one]) => one === name) ?? [];
    if (spec === undefined) throw new Error(`nothing is advised for ${name}`);
    return `op ${name} timeout=${spec.timeoutMs / 1_000}s interval=${(spec.intervalMs ?? 0) / 1_000}s`;
  });
  return continued(
    `crm configure primitive ${shellWord(resource)} ocf:custom:aws-eni`,
    `params ${pairs.join(' ')}`,
    ...operations,
  );
}

function pairOf(name: ParameterName, value: string | undefined): readonly string[] {
  return value === undefined || value === '' || value === parameters[name].default
    ? []
    : [pasteable(name, word(value))];
}

/** Where several words are allowed, commas separate them as well. */
function word(value: string): string {
  return value.trim().replaceAll(/[\s,]+/g, ',');
}

/** A URL can have characters that a shell acts on: quoted once for the shell, and once for crmsh, which splits words anew. */
function pasteable(name: string, value: string): string {
  return PLAIN_WORD.test(value)
    ? `${name}=${value}`
    : `'${name}="${value.replaceAll(/['"\\`]/g, percentEncoded)}"'`;
}

/** What would end the quotes; in a URL it means the same. */
function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** How something else is kept with the address, as comments. */
function exampleOfDependent(resource: string, group: string): readonly string[] {
  return [
    '# What needs the address goes into a group after it,',
    `#   crm configure group ${group} ${resource} my-database`,
    '# or is kept with it by a colocation and an order:',
    `#   crm configure colocation my-database-with-it inf: my-database ${resource}`,
    `#   crm configure order my-database-after-it Mandatory: ${resource} my-database`,
  ];
}

function continued(...lines: readonly string[]): string {
  return lines.join(' \\\n    ');
}

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
}

/** The second node waits so long before it fences the first, so that they do not fence each other. */
const FENCING_DELAY_S = 15;

/**
 * Lines for crmsh: a whole cluster's configuration for one ENI, with fencing. The reasons are in README.md, "Cluster
 * configuration".
 */
export function crmConfiguration(configuration: CrmConfiguration): string {
  const { dependent } = configuration;
  const resource = shellWord(configuration.resource);
  const group = shellWord(`${configuration.resource}-group`);
  return `${[
    // First: a cluster that has resources already must not be told to fence before it can.
    fencing(configuration),
    'crm configure property stonith-enabled=true stonith-timeout=600s \\\n    stonith-action=off start-failure-is-fatal=false',
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

function fencing({ nodes, region = 'REGION' }: CrmConfiguration): string {
  const all = filled(nodes);
  const map = all.map(({ node, instanceId }) => `${node}:${instanceId}`).join(';');
  const delays = all.map(({ node }, at) => `${node}:${at * FENCING_DELAY_S}s`).join(';');
  return continued(
    'crm configure primitive fencing stonith:fence_aws',
    `params region=${region}`,
    `pcmk_host_map="${map}"`,
    `pcmk_delay_base="${delays}"`,
    'op monitor interval=600s timeout=60s',
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

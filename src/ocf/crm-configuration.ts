import { advisedActions } from './advised-actions.ts';
import type { ParameterName } from './parameters.ts';
import { parameterNames, parameters } from './parameters.ts';

/** A node of the cluster and its EC2 instance. */
export interface ClusterNodeInstance {
  readonly node: string;
  readonly instanceId: string;
}

export interface CrmConfiguration {
  /** Name of the resource. */
  readonly resource: string;
  /** Resource parameters, as text; those that are as by default are left out. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly region: string | undefined;
  /** Empty: placeholders. */
  readonly nodes: readonly ClusterNodeInstance[];
  /** What needs the address, such as `my-database`. */
  readonly dependent: string | undefined;
}

/** Where nobody has said it; crmsh takes it, and AWS does not. */
const PLACEHOLDERS: readonly ClusterNodeInstance[] = [
  { node: 'NODE-A', instanceId: 'INSTANCE-ID-A' },
  { node: 'NODE-B', instanceId: 'INSTANCE-ID-B' },
];

/** The second node waits so long before it fences the first, so that they do not fence each other. */
const FENCING_DELAY_S = 15;

/**
 * Lines for crmsh: a whole cluster's configuration for one ENI, with fencing. The reasons are in README.md, "Cluster
 * configuration".
 */
export function crmConfiguration(configuration: CrmConfiguration): string {
  const { resource, dependent } = configuration;
  return `${[
    // First: a cluster that has resources already must not be told to fence before it can.
    fencing(configuration),
    'crm configure property stonith-enabled=true stonith-timeout=600s \\\n    stonith-action=off start-failure-is-fatal=false',
    'crm configure rsc_defaults resource-stickiness=1000 \\\n    migration-threshold=3 failure-timeout=600s',
    primitive(configuration),
    ...(dependent === undefined
      ? exampleOfDependent(resource)
      : [`crm configure group ${resource}-group ${resource} ${dependent}`]),
  ].join('\n')}\n`;
}

/** What a person must replace before these lines work; empty: nothing. */
export function placeholdersIn({ nodes, region }: CrmConfiguration): readonly string[] {
  return [
    ...(region === undefined ? ['REGION'] : []),
    ...(nodes.length > 0 ? [] : PLACEHOLDERS.flatMap(({ node, instanceId }) => [node, instanceId])),
  ];
}

function fencing({ nodes, region = 'REGION' }: CrmConfiguration): string {
  const all = nodes.length > 0 ? nodes : PLACEHOLDERS;
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
    `crm configure primitive ${resource} ocf:custom:aws-eni`,
    `params ${pairs.join(' ')}`,
    ...operations,
  );
}

function pairOf(name: ParameterName, value: string | undefined): readonly string[] {
  return value === undefined || value === '' || value === parameters[name].default
    ? []
    : [`${name}=${word(value)}`];
}

/** No value needs a blank: where several words are allowed, commas separate them as well. */
function word(value: string): string {
  return value.trim().replaceAll(/[\s,]+/g, ',');
}

/** How something else is kept with the address, as comments. */
function exampleOfDependent(resource: string): readonly string[] {
  return [
    '# What needs the address goes into a group after it,',
    `#   crm configure group ${resource}-group ${resource} my-database`,
    '# or is kept with it by a colocation and an order:',
    `#   crm configure colocation my-database-with-it inf: my-database ${resource}`,
    `#   crm configure order my-database-after-it Mandatory: ${resource} my-database`,
  ];
}

function continued(...lines: readonly string[]): string {
  return lines.join(' \\\n    ');
}

import { AgentError } from '../core/failure.ts';
import type { FencingProperty } from '../core/fencing-property.ts';
import { fencingProperty } from '../core/fencing-property.ts';
import { isRegion } from '../core/ids.ts';
import { absent } from '../core/reading.ts';
import { nameOfTarget } from '../core/settings.ts';
import type { ClusterNodeInstance } from '../ocf/crm-configuration.ts';
import { crmConfiguration, placeholdersIn } from '../ocf/crm-configuration.ts';
import { parseValues } from '../ocf/parse-parameters.ts';
import { quote } from '../ocf/quote.ts';
import type { Parse } from '../ocf/values.ts';
import type { Chosen } from './choose-resource.ts';
import { chooseResource } from './choose-resource.ts';
import type { Call, Report } from './command.ts';
import { declareCommand } from './command.ts';
import { ExitStatus } from './exit-status.ts';
import { fencedInstances } from './fenced-instances.ts';
import * as ids from './values.ts';

/** Of a node, as a shell and `pcmk_host_map` take it. */
const NODE_NAME = /^[A-Za-z0-9][\w.-]{0,252}$/;

const nodeInstance: Parse<ClusterNodeInstance> = (text) => {
  const [node = '', ...rest] = text.split('=');
  const instanceId = ids.instanceId(rest.join('='));
  return NODE_NAME.test(node) && typeof instanceId === 'string'
    ? { node, instanceId }
    : { problem: `${quote(text)} is no node; give NAME=INSTANCE-ID, such as node-a=i-0123456789abcdef0` };
};

/** Of a cluster that is not asked. */
const FENCING_MAY_BE_OFF = "# 'crm cluster init' switches fencing off; 'aws-eni doctor' tells of that.";

const options = {
  name: {
    is: 'value',
    argument: 'NAME',
    parse: ids.resourceName,
    does: 'What the resource is to be called; else as in the cluster, or service-eni',
  },
  node: {
    is: 'list',
    argument: 'NAME=ID',
    parse: nodeInstance,
    does: "A node and its instance, one --node each; else the cluster's",
  },
  before: {
    is: 'value',
    argument: 'NAME',
    parse: ids.resourceName,
    does: 'A resource that needs the address: a group of both',
  },
} as const;

/** A cluster's configuration for an ENI. */
export const crmConfig = declareCommand({
  name: 'crm-config',
  does: 'the crmsh lines for an ENI, ready to paste',
  about:
    'Prints commands for crmsh: cluster options, fencing by fence_aws, the resource with the advised timeouts, and with --before a group with what needs the address. What is not given of ENI, region and nodes is taken from the cluster that this node belongs to; nobody else is asked. Words in capitals are for you to replace.',
  isAboutResource: true,
  options,
  examples: [
    [
      'aws-eni crm-config --eni-id eni-0123456789abcdef0 --region eu-central-1 --node node-a=i-0123456789abcdef0 --node node-b=i-0fedcba9876543210',
      'complete: paste it on one node',
    ],
  ],
  json: [
    ['commands', 'the lines, as one text'],
    ['placeholders', 'the words in them that must be replaced'],
  ],
  run: async (call): Promise<Report> => {
    const { given } = call;
    const problems = problemsIn(given.node);
    if (problems.length > 0) throw new AgentError('parameter', problems.join('; '));
    const chosen = await chosenBy(call);
    const { region = regionOf(chosen), ...others } = { ...chosen.resource?.parameters, ...call.parameters };
    const configuration = {
      resource: given.name ?? chosen.resource?.id ?? 'service-eni',
      // The agent finds its region by itself; fencing does not.
      parameters: others,
      region,
      nodes: given.node.length > 0 ? given.node : nodesOf(chosen),
      dependent: given.before,
      fencingProperty: fencingToSwitchOn(chosen),
    };
    const commands = crmConfiguration(configuration);
    const placeholders = placeholdersIn(configuration);
    const replace = placeholders.length === 0 ? '' : `\n# Replace ${placeholders.join(', ')}.`;
    const also = chosen.cluster.state === 'present' ? '' : `\n${FENCING_MAY_BE_OFF}`;
    const hint = `# For ${nameOfTarget(chosen.settings)}, on one node.${replace}${also}`;
    return {
      exitStatus: ExitStatus.fine,
      data: { commands, placeholders: [...placeholders] },
      text: () => `${hint}\n${commands}`,
    };
  },
});

type ThisCall = Call<typeof options>;

function problemsIn(nodes: readonly ClusterNodeInstance[]): readonly string[] {
  const isRepeated = (key: keyof ClusterNodeInstance): boolean =>
    new Set(nodes.map((one) => one[key])).size < nodes.length;
  return [
    ...(nodes.length === 1 ? ['--node: is given for one node; give one for each'] : []),
    ...(isRepeated('node') ? ['--node: a name is given twice'] : []),
    ...(isRepeated('instanceId') ? ['--node: an instance is given twice'] : []),
  ];
}

/** With everything given nobody is asked, and no cluster makes a difference. */
async function chosenBy(call: ThisCall): Promise<Chosen> {
  const { parameters, resource, given } = call;
  const namesEni = parameters['eni_id'] !== undefined || parameters['ip'] !== undefined;
  const isComplete = namesEni && parameters['region'] !== undefined && given.node.length > 0;
  if (resource !== undefined || !isComplete) return chooseResource(call);
  const settings = parseValues(
    (name) => parameters[name],
    (name) => `--${name.replaceAll('_', '-')}`,
  );
  return { settings, resource: undefined, cluster: absent };
}

/** That of the cluster's fencing. */
function regionOf({ cluster }: Chosen): string | undefined {
  if (cluster.state !== 'present') return undefined;
  return cluster.value.fencing.map(({ parameters }) => parameters['region']).find(isRegion);
}

/** `crm cluster init` switches fencing off where it sets none up. */
function fencingToSwitchOn({ cluster }: Chosen): FencingProperty['name'] | undefined {
  if (cluster.state !== 'present') return undefined;
  const { name, isOn } = fencingProperty(cluster.value.properties);
  return isOn ? undefined : name;
}

function nodesOf({ cluster }: Chosen): readonly ClusterNodeInstance[] {
  if (cluster.state !== 'present') return [];
  const instances = fencedInstances(cluster.value);
  return cluster.value.nodes.map(({ name }) => ({
    node: NODE_NAME.test(name) ? name : undefined,
    instanceId: instances.get(name),
  }));
}

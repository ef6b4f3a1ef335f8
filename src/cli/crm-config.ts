import { nameOfTarget } from '../core/settings.ts';
import type { ClusterNodeInstance } from '../ocf/crm-configuration.ts';
import { crmConfiguration, placeholdersIn } from '../ocf/crm-configuration.ts';
import { parseValues } from '../ocf/parse-parameters.ts';
import { quote } from '../ocf/quote.ts';
import type { Parse } from '../ocf/values.ts';
import { chooseResource } from './choose-resource.ts';
import type { Report } from './command.ts';
import { declareCommand } from './command.ts';
import { ExitStatus } from './exit-status.ts';
import * as ids from './values.ts';

const nodeInstance: Parse<ClusterNodeInstance> = (text) => {
  const [node = '', ...rest] = text.split('=');
  const [name, instance] = [ids.resourceName(node), ids.instanceId(rest.join('='))];
  return typeof name === 'string' && typeof instance === 'string'
    ? { node: name, instanceId: instance }
    : { problem: `${quote(text)} is no node; give NAME=INSTANCE-ID, such as node-a=i-0123456789abcdef0` };
};

const options = {
  name: {
    is: 'value',
    argument: 'NAME',
    parse: ids.resourceName,
    default: 'service-eni',
    does: 'What the resource is to be called',
  },
  node: {
    is: 'list',
    argument: 'NAME=ID',
    parse: nodeInstance,
    does: 'A cluster node and its instance, one --node each',
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
    'Prints commands for crmsh: cluster options, fencing by fence_aws, the resource with the advised timeouts, and with --before a group with what needs the address. Asks nobody, but with --resource the cluster. Words in capitals are for you to replace.',
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
    const known = call.resource === undefined ? undefined : (await chooseResource(call)).resource?.parameters;
    const parameters: Readonly<Record<string, string>> = { ...known, ...call.parameters };
    const settings = parseValues(
      (name) => parameters[name],
      (name) => `--${name.replaceAll('_', '-')}`,
    );
    const { region, ...others } = parameters;
    const configuration = {
      resource: given.name,
      // The agent finds its region by itself; fencing does not.
      parameters: others,
      region,
      nodes: given.node,
      dependent: given.before,
    };
    const commands = crmConfiguration(configuration);
    const placeholders = placeholdersIn(configuration);
    const replace = placeholders.length === 0 ? '' : `\n# Replace ${placeholders.join(', ')}.`;
    const hint = `# For ${nameOfTarget(settings)}, on one node.${replace}`;
    return {
      exitStatus: ExitStatus.fine,
      data: { commands, placeholders: [...placeholders] },
      text: () => `${hint}\n${commands}`,
    };
  },
});

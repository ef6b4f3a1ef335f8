import { AgentError } from '../core/failure.ts';
import type { Permitted, PermittedCommand } from '../core/iam-policy.ts';
import { iamPolicy, permittedCommands } from '../core/iam-policy.ts';
import type { InstanceId } from '../core/ids.ts';
import { isEniId, isInstanceId } from '../core/ids.ts';
import { quote } from '../ocf/quote.ts';
import type { Parse } from '../ocf/values.ts';
import * as values from '../ocf/values.ts';
import type { AccountIdentity } from '../ports/account.ts';
import type { ClusterState } from '../ports/cluster.ts';
import type { Call, Json, Report } from './command.ts';
import { declareCommand } from './command.ts';
import { ExitStatus } from './exit-status.ts';
import * as ids from './values.ts';

/** Names, also several with commas. */
const commandNames: Parse<readonly PermittedCommand[]> = (text) => {
  const names = text.split(',');
  const found = permittedCommands.filter((name) => names.includes(name));
  return found.length === names.length
    ? found
    : { problem: `${quote(text)} has something else than ${permittedCommands.join(', ')}` };
};

const options = {
  'eni-id': {
    is: 'value',
    argument: 'ID',
    parse: values.eniId,
    does: "The ENI; else that of the cluster's only resource, or with --tag every one that has it",
  },
  instance: {
    is: 'list',
    argument: 'ID',
    parse: ids.instanceId,
    does: "A node's instance, one --instance each; else those of the cluster's fencing",
  },
  tag: {
    is: 'value',
    argument: 'KEY=VALUE',
    parse: ids.tag,
    does: 'Instead of instances: all that have this tag',
  },
  region: { is: 'value', argument: 'REGION', parse: values.region, does: "Region; else this instance's" },
  account: { is: 'value', argument: 'NUMBER', parse: ids.accountId, does: "Account; else this instance's" },
  with: {
    is: 'list',
    argument: 'COMMANDS',
    parse: commandNames,
    does: 'Also for these commands, with commas: create, doctor',
  },
  'subnet-id': { is: 'value', argument: 'ID', parse: ids.subnetId, does: 'With create: only in this subnet' },
} as const;

/** The policy for the nodes' role. */
export const iamPolicyCommand = declareCommand({
  name: 'iam-policy',
  does: 'the least that the nodes must be permitted, as JSON for IAM',
  about:
    "Prints a policy for the role of the nodes' instance profile: what the agent calls, on this ENI and these instances and nothing else. What is not given is asked of this instance's metadata service and of the cluster; with everything given, it asks nobody.",
  isAboutResource: false,
  options,
  examples: [
    [
      'aws-eni iam-policy --eni-id eni-0123456789abcdef0 --region eu-central-1 --account 111122223333 --instance i-0123456789abcdef0 --instance i-0fedcba9876543210',
      'works anywhere',
    ],
    [
      'aws-eni iam-policy --tag cluster=prod --with create,doctor',
      'on a node: for all instances and ENIs with a tag',
    ],
  ],
  json: [
    ['policy', 'the policy document'],
    ['policy.**', 'as IAM has it'],
  ],
  run: async (call): Promise<Report> => {
    const policy = iamPolicy(await permittedBy(call));
    return {
      exitStatus: ExitStatus.fine,
      data: { policy: policy as unknown as Json },
      text: () => JSON.stringify(policy, null, 2),
    };
  },
});

async function permittedBy({ given, outside }: Call<typeof options>): Promise<Permitted> {
  const { eniId, instance, tag, region, account, subnetId } = given;
  const knowsInstances = instance.length > 0 || tag !== undefined;
  const knowsEni = eniId !== undefined || tag !== undefined;
  const cluster = knowsEni && knowsInstances ? undefined : await readCluster(outside.cluster);
  const here = region !== undefined && account !== undefined ? undefined : await outside.account.read();
  const found = {
    eniId: eniId ?? (tag === undefined ? onlyEni(cluster) : undefined),
    instanceIds: knowsInstances ? instance : fencedInstances(cluster),
  };
  const missing = [
    ...(knowsEni || found.eniId !== undefined ? [] : ['--eni-id']),
    ...(tag !== undefined || found.instanceIds.length > 0 ? [] : ['--instance for each node']),
  ];
  if (missing.length > 0) {
    throw new AgentError(
      'parameter',
      `which ENI and instances? give ${missing.join(' and ')}, or --tag KEY=VALUE that they all have; the cluster does not tell`,
    );
  }
  return {
    ...found,
    ...placeOf(region, account, here),
    tag,
    commands: permittedCommands.filter((name) => given.with.flat().includes(name)),
    subnetId,
  };
}

function placeOf(
  region: string | undefined,
  account: string | undefined,
  here: AccountIdentity | undefined,
): Pick<Permitted, 'region' | 'accountId'> {
  const [known, accountId] = [region ?? here?.region, account ?? here?.accountId];
  if (known === undefined || accountId === undefined) {
    throw new AgentError('parameter', 'which region and account? give --region and --account');
  }
  return { region: known, accountId };
}

async function readCluster(
  cluster: Call<typeof options>['outside']['cluster'],
): Promise<ClusterState | undefined> {
  const read = await cluster.read();
  return read.state === 'present' ? read.value : undefined;
}

function onlyEni(cluster: ClusterState | undefined): Permitted['eniId'] {
  const enis = new Set((cluster?.resources ?? []).map(({ parameters }) => parameters['eni_id']));
  const [only] = enis;
  return enis.size === 1 && isEniId(only) ? only : undefined;
}

/** `NODE:INSTANCE;…`, as fence_aws has it. Source: pacemaker-fenced(7), pcmk_host_map. */
function fencedInstances(cluster: ClusterState | undefined): readonly InstanceId[] {
  const maps = (cluster?.fencing ?? []).map(({ parameters }) => parameters['pcmk_host_map'] ?? '');
  const found = maps.flatMap((map) => map.split(/[;\s]+/)).map((pair) => pair.split(/[:=]/)[1]);
  return [...new Set(found.filter(isInstanceId))];
}

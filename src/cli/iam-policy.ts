import { AgentError, asAgentError } from '../core/failure.ts';
import type { Permitted, PermittedCommand } from '../core/iam-policy.ts';
import { iamPolicy, MAX_POLICY_LENGTH, permittedCommands } from '../core/iam-policy.ts';
import type { OperatorPermitted } from '../core/operator-policy.ts';
import { operatorPolicy } from '../core/operator-policy.ts';
import { quote } from '../ocf/quote.ts';
import type { Parse } from '../ocf/values.ts';
import * as values from '../ocf/values.ts';
import type { Call, Json, Report } from './command.ts';
import { declareCommand } from './command.ts';
import { ExitStatus } from './exit-status.ts';
import { eniIn, instancesIn } from './iam-policy/in-cluster.ts';
import * as ids from './values.ts';

/** Names, also several with commas. */
const commandNames: Parse<readonly PermittedCommand[]> = (text) => {
  const names: readonly string[] = text.split(',');
  const known: readonly string[] = permittedCommands;
  return names.every((name) => known.includes(name))
    ? permittedCommands.filter((name) => names.includes(name))
    : { problem: `${quote(text)} has something else than ${permittedCommands.join(', ')}` };
};

const options = {
  'eni-id': {
    is: 'value',
    argument: 'ID',
    parse: values.eniId,
    does: "The ENI; else that of the cluster's only resource, or with --tag every one that has it",
  },
  resource: {
    is: 'value',
    argument: 'NAME',
    parse: ids.resourceName,
    does: 'Resource of the cluster, to take the ENI from; where it has several',
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
    does: 'Instead of instances: all that have this tag; with --operator: the tag that it must not set',
  },
  region: { is: 'value', argument: 'REGION', parse: values.region, does: "Region; else this instance's" },
  account: { is: 'value', argument: 'NUMBER', parse: ids.accountId, does: "Account; else this instance's" },
  with: {
    is: 'list',
    argument: 'COMMANDS',
    parse: commandNames,
    does: 'Also for these commands, with commas: doctor',
  },
  recipe: {
    is: 'flag',
    does: "The actions of AWS's recipe, which are enough: where the role has those and may not be changed",
  },
  operator: {
    is: 'flag',
    does: 'Instead: the policy of a person who makes ENIs by create, which is not for the nodes',
  },
  'subnet-id': { is: 'value', argument: 'ID', parse: ids.subnetId, does: 'With --operator: in this subnet' },
  'security-group': {
    is: 'list',
    argument: 'ID',
    parse: ids.securityGroupId,
    does: 'With --operator: with this security group, one option each',
  },
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
      'aws-eni iam-policy --operator --subnet-id subnet-0123456789abcdef0 --security-group sg-0123456789abcdef0 --tag cluster=prod',
      "for who makes the ENI, where the nodes' own policy goes by a tag",
    ],
  ],
  json: [
    ['policy', 'the policy document'],
    ['policy.**', 'as IAM has it'],
  ],
  run: async (call): Promise<Report> => {
    const policy = call.given.operator
      ? operatorPolicy(await operatorPermittedBy(call))
      : iamPolicy(await permittedBy(call));
    const { length } = JSON.stringify(policy);
    if (length > MAX_POLICY_LENGTH) {
      throw new AgentError(
        'parameter',
        `the policy has ${length} characters, and IAM takes ${MAX_POLICY_LENGTH} of a role; give --tag instead of so many --instance`,
      );
    }
    return {
      exitStatus: ExitStatus.fine,
      data: { policy: policy as unknown as Json },
      text: () => JSON.stringify(policy, null, 2),
    };
  },
});

async function operatorPermittedBy(call: Call<typeof options>): Promise<OperatorPermitted> {
  const { eniId, resource, instance, subnetId, securityGroup, tag, recipe } = call.given;
  const isForNodes = eniId !== undefined || resource !== undefined || instance.length > 0;
  const problems = [
    ...(isForNodes || recipe || call.given.with.length > 0
      ? ["--operator: goes with --subnet-id, --security-group and --tag; all else is of the nodes' policy"]
      : []),
    ...(subnetId === undefined ? ['--subnet-id: is missing; give the subnet of the service'] : []),
    ...(securityGroup.length === 0 ? ['--security-group: is missing; give each that its ENIs may have'] : []),
  ];
  if (subnetId === undefined || problems.length > 0) throw new AgentError('parameter', problems.join('; '));
  return { ...(await placeOf(call)), subnetId, securityGroupIds: securityGroup, movingTag: tag };
}

async function permittedBy(call: Call<typeof options>): Promise<Permitted> {
  const { eniId, resource, tag, subnetId, securityGroup, recipe } = call.given;
  const commands = permittedCommands.filter((name) => call.given.with.flat().includes(name));
  const problems = [
    ...(eniId !== undefined && resource !== undefined ? ['--resource: is needless with --eni-id'] : []),
    ...(subnetId !== undefined || securityGroup.length > 0
      ? ['--subnet-id and --security-group: need --operator']
      : []),
    ...(recipe && commands.length > 0 ? ['--with: the recipe permits no command more'] : []),
  ];
  if (problems.length > 0) throw new AgentError('parameter', problems.join('; '));
  return { ...(await subjectOf(call)), ...(await placeOf(call)), tag, commands, isRecipe: recipe };
}

/** The ENI and the instances: what is given, what a tag stands for, what the cluster tells. */
async function subjectOf({
  given: { eniId, resource, instance, tag },
  outside,
}: Call<typeof options>): Promise<Pick<Permitted, 'eniId' | 'instanceIds'>> {
  const needsEni = resource !== undefined || (eniId === undefined && tag === undefined);
  const needsInstances = instance.length === 0 && tag === undefined;
  if (!needsEni && !needsInstances) return { eniId, instanceIds: instance };
  const cluster = await outside.cluster.read();
  const eni = needsEni ? eniIn(cluster, resource) : { found: eniId };
  const instances = needsInstances ? instancesIn(cluster) : { found: instance };
  if ('found' in eni && 'found' in instances) return { eniId: eni.found, instanceIds: instances.found };
  const lacking = [eni, instances].flatMap((one) => ('found' in one ? [] : [one]));
  const because = new Set(lacking.map((one) => one.because));
  const missing = lacking.map(({ option }) => option);
  throw new AgentError(
    'parameter',
    `which ENI and instances? ${[...because].join(', and ')}; give ${missing.join(' and ')}, or --tag KEY=VALUE that they all have`,
  );
}

/** Region and account: what is given, or what this instance has. */
async function placeOf({
  given: { region, account },
  outside,
}: Call<typeof options>): Promise<Pick<Permitted, 'region' | 'accountId'>> {
  if (region !== undefined && account !== undefined) return { region, accountId: account };
  try {
    const here = await outside.account.read();
    return { region: region ?? here.region, accountId: account ?? here.accountId };
  } catch (error) {
    const { kind, message } = asAgentError(error);
    throw new AgentError(kind, `${message}, or give --region and --account`, { cause: error });
  }
}

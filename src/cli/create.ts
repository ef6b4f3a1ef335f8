import { AgentError } from '../core/failure.ts';
import { objectionTo } from '../core/subnet-addresses.ts';
import * as values from '../ocf/values.ts';
import type { AccountIdentity } from '../ports/account.ts';
import type { CreatedEni, CreateRequest, EniCreation } from '../ports/eni-creation.ts';
import type { Call, Report } from './command.ts';
import { declareCommand } from './command.ts';
import { connectionOf, connectionOptions } from './connection-options.ts';
import { ExitStatus } from './exit-status.ts';
import { paragraph } from './layout.ts';
import { doubtful, strong } from './style.ts';
import { timeout } from './timeout.ts';
import * as ids from './values.ts';

const options = {
  'subnet-id': { is: 'value', argument: 'ID', parse: ids.subnetId, does: 'Subnet of the service; needed' },
  ip: {
    is: 'value',
    argument: 'ADDRESS',
    parse: values.ipv4,
    does: 'Its primary address; else EC2 chooses one',
  },
  'secondary-ip': {
    is: 'list',
    argument: 'ADDRESS',
    parse: values.ipv4,
    does: 'A further address, one option each',
  },
  'security-group': {
    is: 'list',
    argument: 'ID',
    parse: ids.securityGroupId,
    does: "A security group, one option each; else the VPC's default one",
  },
  description: { is: 'value', argument: 'TEXT', parse: ids.description, does: 'Shown in the console' },
  tag: { is: 'list', argument: 'KEY=VALUE', parse: ids.tag, does: 'A tag, one option each' },
  'client-token': {
    is: 'value',
    argument: 'TEXT',
    parse: ids.clientToken,
    does: 'Calls with the same one make one ENI; else made of the other options',
  },
  'dry-run': { is: 'flag', does: 'Check everything, and create nothing' },
  ...connectionOptions,
  timeout,
} as const;

/** The ENI of a new service. */
export const create = declareCommand({
  name: 'create',
  does: 'make the ENI of a service',
  about:
    'Creates a network interface, unattached, in the subnet of the service. Called again with the same options it makes no second one, and prints the first. The addresses are checked against the subnet before.',
  isAboutResource: false,
  options,
  examples: [
    [
      'aws-eni create --subnet-id subnet-0123456789abcdef0 --ip 10.2.0.10 --security-group sg-0123456789abcdef0 --description "service of the cluster"',
      'with the address 10.2.0.10',
    ],
  ],
  json: [
    ['eni', 'what was created; null: with --dry-run, nothing'],
    ['eni.id', 'its id'],
    ['eni.addresses', 'its addresses, the primary one first'],
    ['eni.availabilityZone', 'its availability zone'],
    ['clientToken', 'the token that EC2 was given'],
    ['warnings', 'what may not be as it was meant, in words'],
  ],
  run: async (call): Promise<Report> => {
    const { given, outside } = call;
    const request = requestOf(call);
    const here = await whereabouts(call);
    const region = given.region ?? here?.identity.region;
    if (region === undefined) {
      throw new AgentError(
        'parameter',
        'which region? give --region; there is no instance metadata service here to ask',
      );
    }
    const ec2 = await outside.connectToEniCreation(region, connectionOf(given), given.timeout);
    await checkAddresses(ec2, request);
    const warnings = here?.subnetId === request.subnetId ? [OWN_SUBNET] : [];
    if (given.dryRun) await ec2.checkCreateAllowed(request);
    const eni = given.dryRun ? undefined : await ec2.create(request);
    const zone = here?.identity.availabilityZone;
    if (
      eni !== undefined &&
      zone !== undefined &&
      eni.availabilityZone !== zone &&
      region === here?.identity.region
    ) {
      warnings.push(
        `it is in ${eni.availabilityZone} and this instance in ${zone}: an ENI can't leave its zone`,
      );
    }
    return reportOf(eni, ec2.tokenOf(request), region, warnings);
  },
});

const OWN_SUBNET =
  "it is the subnet of this instance's own interface: use one of its own, or a rule for the subnet would catch the node's own traffic";

function requestOf({ given }: Call<typeof options>): CreateRequest {
  const { subnetId, ip, secondaryIp, securityGroup, description, tag, clientToken } = given;
  const addresses = [...(ip === undefined ? [] : [ip]), ...secondaryIp];
  const problems = [
    ...(subnetId === undefined ? ['--subnet-id: is missing; give the subnet of the service'] : []),
    ...(ip === undefined && secondaryIp.length > 0
      ? ['--secondary-ip: needs --ip, the primary address']
      : []),
    ...(new Set(addresses).size < addresses.length ? ['--secondary-ip: an address is given twice'] : []),
    ...(new Set(tag.map(({ key }) => key)).size < tag.length ? ['--tag: a key is given twice'] : []),
  ];
  if (subnetId === undefined || problems.length > 0) throw new AgentError('parameter', problems.join('; '));
  return { subnetId, addresses, securityGroupIds: securityGroup, description, tags: tag, clientToken };
}

interface Whereabouts {
  readonly identity: AccountIdentity;
  readonly subnetId: string | undefined;
}

/** With `--region` this works anywhere, and a silent metadata service is no news. */
async function whereabouts({ given, outside }: Call<typeof options>): Promise<Whereabouts | undefined> {
  try {
    const identity = await outside.account.read();
    return { identity, subnetId: await outside.account.subnet() };
  } catch (error) {
    if (given.region === undefined) throw error;
    return undefined;
  }
}

async function checkAddresses(ec2: EniCreation, { subnetId, addresses }: CreateRequest): Promise<void> {
  const { cidrs } = await ec2.subnet(subnetId);
  const [cidr] = cidrs;
  const objections =
    cidr === undefined ? [] : addresses.flatMap((address) => objectionTo(address, cidr) ?? []);
  if (objections.length > 0) {
    throw new AgentError(
      'parameter',
      `${objections.join('; ')}; choose an address of ${subnetId} that is free`,
    );
  }
}

function reportOf(
  eni: CreatedEni | undefined,
  clientToken: string,
  region: string,
  warnings: readonly string[],
): Report {
  return {
    exitStatus: ExitStatus.fine,
    data: {
      eni: eni === undefined ? null : { ...eni, addresses: [...eni.addresses] },
      clientToken,
      warnings: [...warnings],
    },
    text: (columns) =>
      [
        eni === undefined
          ? 'It could be created; nothing was.'
          : paragraph(
              `${strong(eni.id)} (${eni.addresses.join(', ')}) is there, in ${eni.availabilityZone}, unattached.`,
              columns,
            ),
        ...warnings.map((warning) => paragraph(`${doubtful('warning:')} ${warning}`, columns)),
        ...(eni === undefined
          ? []
          : [
              '',
              'Permit the nodes to move it, and configure the cluster:',
              `  aws-eni iam-policy --eni-id ${eni.id} --instance ID --instance ID`,
              `  aws-eni crm-config --eni-id ${eni.id} --region ${region}`,
            ]),
      ].join('\n'),
  };
}

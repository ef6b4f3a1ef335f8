import { AgentError, asAgentError } from '../core/failure.ts';
import { absent } from '../core/reading.ts';
import { objectionTo } from '../core/subnet-addresses.ts';
import * as values from '../ocf/values.ts';
import type { AccountIdentity } from '../ports/account.ts';
import type { CreateRequest, SubnetToBe } from '../ports/eni-creation.ts';
import type { Call, Report } from './command.ts';
import { declareCommand } from './command.ts';
import { connectionOf, connectionOptions } from './connection-options.ts';
import { reportOf } from './create/report.ts';
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
    'Creates a network interface, unattached, in the subnet of the service. Called again with the same options it makes no second one, and prints the first; for a second one of the same kind give another --client-token. The addresses are checked against the subnet before.',
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
    ['eni.attachedTo', 'the instance that has it already, or "unknown"; null: it is free'],
    ['clientToken', 'the token that EC2 was given'],
    ['warnings', 'what may not be as it was meant, in words'],
  ],
  run: async (call): Promise<Report> => {
    const { given, outside } = call;
    const request = requestOf(call);
    const { region, here } = await whereabouts(call);
    const ec2 = await outside.connectToEniCreation(region, connectionOf(given), given.timeout);
    const subnet = await ec2.subnet(request.subnetId);
    checkAddresses(subnet, request.addresses);
    const warnings = warningsOf(subnet, here);
    const clientToken = ec2.tokenOf(request);
    // A profile can be of another account.
    const accountId = given.profile === undefined ? here?.accountId : undefined;
    const common = { clientToken, region, accountId } as const;
    if (given.dryRun) {
      await ec2.checkCreateAllowed(request);
      return reportOf({ ...common, eni: undefined, attachment: absent, warnings });
    }
    const eni = await ec2.create(request);
    const attachment = await ec2.attachmentOf(eni, request);
    return reportOf({ ...common, eni, attachment, warnings });
  },
});

const OWN_SUBNET =
  "that is the subnet of this instance's own interface: use one of its own, or a rule for the subnet would catch the node's own traffic";

type ThisCall = Call<typeof options>;

function requestOf({ given }: ThisCall): CreateRequest {
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
  return {
    subnetId,
    addresses,
    // Their order says nothing; the same ones in another order are the same request.
    securityGroupIds: [...new Set(securityGroup)].toSorted(),
    description,
    tags: tag.toSorted((one, other) => (one.key < other.key ? -1 : 1)),
    clientToken,
  };
}

/** This instance, if it is in the region. */
interface Here extends AccountIdentity {
  readonly subnetId: string | undefined;
}

/** With `--region` this works anywhere, and a silent metadata service is no news. */
async function whereabouts({
  given,
  outside: { account },
}: ThisCall): Promise<{ readonly region: string; readonly here: Here | undefined }> {
  try {
    const here: Here = { ...(await account.read()), subnetId: await account.subnet() };
    const region = given.region ?? here.region;
    return { region, here: region === here.region ? here : undefined };
  } catch (error) {
    if (given.region !== undefined) return { region: given.region, here: undefined };
    const { kind, message } = asAgentError(error);
    throw new AgentError(kind, `${message}, or give --region`, { cause: error });
  }
}

function checkAddresses({ id, cidrs }: SubnetToBe, addresses: CreateRequest['addresses']): void {
  const [cidr] = cidrs;
  const objections =
    cidr === undefined ? [] : addresses.flatMap((address) => objectionTo(address, cidr) ?? []);
  if (objections.length > 0) {
    throw new AgentError('parameter', `${objections.join('; ')}; choose an address of ${id} that is free`);
  }
}

function warningsOf({ id, availabilityZone }: SubnetToBe, here: Here | undefined): readonly string[] {
  const zone = here?.availabilityZone;
  return [
    ...(here?.subnetId === id ? [OWN_SUBNET] : []),
    ...(zone === undefined || zone === availabilityZone
      ? []
      : [`the subnet is in ${availabilityZone} and this instance in ${zone}: an ENI can't leave its zone`]),
  ];
}

import { describe, expect } from 'vitest';
import type { PolicyDocument } from '../../../src/core/iam-policy.ts';
import { parsePolicy } from '../../sandbox/iam/policy.ts';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import { callAgent } from '../agent.ts';
import { scenario, scenarioIn } from '../scenario.ts';
import { callCommand, callForJson } from './call-command.ts';

const EVERYTHING = [
  ...['--eni-id', SERVICE_ENI, '--region', 'eu-central-1', '--account', '123456789012'],
  ...['--instance', NODE_A, '--instance', NODE_B],
];

const SUBNET = 'subnet-0a000000000000002';
const GROUP = 'sg-05ec0000000000000';
const CREATE = ['create', '--subnet-id', SUBNET, '--security-group', GROUP, '--tag', 'purpose=test'];
const OPERATOR = ['--operator', '--subnet-id', SUBNET, '--security-group', GROUP, '--tag', 'cluster=one'];

/** EC2's refusals for lack of permission, by action, while the agent does all that it does. */
async function refusals(sandbox: Sandbox, policy: PolicyDocument): Promise<ReadonlySet<string>> {
  const { a, b } = sandbox.nodes;
  for (const { instanceId } of [a, b])
    await sandbox.setPermissions(instanceId, { policy: JSON.stringify(policy) });
  await sandbox.place(SERVICE_ENI, { attachedTo: b.instanceId, deviceIndex: 1 });
  // A third interface makes the instance type's limit matter.
  await sandbox.place(SPARE_ENI, { attachedTo: a.instanceId, deviceIndex: 2 });
  await sandbox.resetRequests();
  for (const [action, level] of [
    ['validate-all', '10'],
    ['start', '0'],
    ['monitor', '10'],
    ['stop', '0'],
  ] as const) {
    await callAgent(sandbox, a, action, { environment: { OCF_CHECK_LEVEL: level }, timeoutMs: 10_000 });
  }
  await callAgent(sandbox, a, 'stop');
  const requests = await sandbox.requests();
  return new Set(
    requests.filter(({ outcome }) => outcome === 'UnauthorizedOperation').map(({ name }) => name),
  );
}

const SPARE_ENI = 'eni-0b5f607180a1b2c3d';
const withSpare = scenarioIn({ moreEnis: [{ id: SPARE_ENI, ipv4: ['10.2.0.77'] }] });

async function printed(
  sandbox: Sandbox,
  node: SandboxNode,
  words: readonly string[],
): Promise<PolicyDocument> {
  const { exitCode, stdout, stderr } = await callCommand(sandbox, node, ['iam-policy', ...words]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as PolicyDocument;
}

describe.concurrent('iam-policy', () => {
  withSpare(
    'nothing that the agent does is refused, and without any action of it something is',
    // Many starts and stops, one after the other.
    { timeout: 240_000 },
    async ({ sandbox }) => {
      const policy = await printed(sandbox, sandbox.nodes.a, EVERYTHING);
      expect(await refusals(sandbox, policy)).toEqual(new Set());
      const actions = policy.Statement.flatMap(({ Action }) => Action);
      expect(actions).toHaveLength(6);
      for (const missing of actions) {
        const less = policy.Statement.map((statement) => ({
          ...statement,
          Action: [statement.Action].flat().filter((action) => action !== missing),
        }));
        expect(await refusals(sandbox, { ...policy, Statement: less })).toContain(
          missing.replace('ec2:', ''),
        );
      }
    },
  );

  withSpare(
    'each named resource is needed: without either node, or the ENI, something is refused',
    // Many starts and stops, one after the other.
    { timeout: 240_000 },
    async ({ sandbox }) => {
      const policy = await printed(sandbox, sandbox.nodes.a, EVERYTHING);
      for (const id of [SERVICE_ENI, NODE_A, NODE_B]) {
        const less = policy.Statement.map((statement) => ({
          ...statement,
          Resource: [statement.Resource].flat().filter((arn) => !arn.endsWith(`/${id}`)),
        }));
        expect((await refusals(sandbox, { ...policy, Statement: less })).size).toBeGreaterThan(0);
      }
    },
  );

  scenario(
    'with an operator’s nothing that create does is refused, and without any action or resource of it something is',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      const policy = await printed(sandbox, a, OPERATOR);
      const refusalWith = async (less: PolicyDocument, words = CREATE): Promise<string> => {
        await sandbox.setPermissions(a.instanceId, { policy: JSON.stringify(less) });
        const { exitCode, stderr } = await callCommand(sandbox, a, words);
        return exitCode === 0 ? '' : stderr;
      };
      for (const action of ['ec2:CreateNetworkInterface', 'ec2:CreateTags', 'ec2:DescribeSubnets']) {
        const less = policy.Statement.map((statement) => ({
          ...statement,
          Action: [statement.Action].flat().filter((one) => one !== action),
        })).filter(({ Action }) => Action.length > 0);
        expect(await refusalWith({ ...policy, Statement: less })).toContain(action);
      }
      const arns = policy.Statement.filter(({ Sid }) => Sid === 'Create').flatMap(({ Resource }) => Resource);
      expect(arns).toHaveLength(3);
      for (const arn of arns) {
        const less = policy.Statement.map((statement) => ({
          ...statement,
          Resource:
            statement.Sid === 'Create'
              ? [statement.Resource].flat().filter((one) => one !== arn)
              : statement.Resource,
        }));
        expect(await refusalWith({ ...policy, Statement: less })).toContain('ec2:CreateNetworkInterface');
      }
      // Neither in another subnet, nor with another group, nor with the tag by which the nodes would take it.
      for (const [mine, other] of [
        [SUBNET, 'subnet-0b000000000000001'],
        [GROUP, 'sg-05ec0000000000001'],
      ] as const) {
        const elsewhere = JSON.parse(JSON.stringify(policy).replace(mine, other)) as PolicyDocument;
        expect(await refusalWith(elsewhere)).toContain('ec2:CreateNetworkInterface');
      }
      for (const moving of ['cluster=one', 'CLUSTER=one']) {
        expect(await refusalWith(policy, [...CREATE, '--tag', moving])).toContain('ec2:CreateTags');
      }
      expect(await refusalWith(policy)).toBe('');
    },
  );

  scenario('a policy that is too long for IAM is not printed', async ({ sandbox }) => {
    const instances = (count: number): readonly string[] =>
      Array.from({ length: count }, (_, at) => ['--instance', `i-${String(at).padStart(17, '0')}`]).flat();
    const call = (count: number) =>
      callCommand(sandbox, sandbox.nodes.a, ['iam-policy', ...EVERYTHING, ...instances(count)]);
    const long = await call(139);
    expect(long.exitCode).toBe(0);
    expect(() => parsePolicy(long.stdout)).not.toThrow();
    const tooLong = await call(140);
    expect(tooLong).toMatchObject({ exitCode: 2, stdout: '' });
    expect(tooLong.stderr).toMatch(
      /the policy has 102\d\d characters, and IAM takes 10240 of a role; give --tag/,
    );
  });

  withSpare('a tag on the instances does as well', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    const policy = await printed(sandbox, a, ['--eni-id', SERVICE_ENI, '--tag', 'cluster=one']);
    expect((await refusals(sandbox, policy)).size).toBeGreaterThan(0);
    for (const { instanceId } of [a, b])
      await sandbox.edit({ instance: instanceId, tags: { cluster: 'one' } });
    expect(await refusals(sandbox, policy)).toEqual(new Set());
  });

  scenario('with everything given nobody is asked', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await sandbox.setImds(a.instanceId, 'refused');
    await sandbox.setEndpoint('refused');
    const asRoot = await callCommand(sandbox, a, ['iam-policy', ...EVERYTHING]);
    expect(asRoot).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await callCommand(sandbox, a, ['iam-policy', ...EVERYTHING], { unprivileged: true })).toEqual(
      asRoot,
    );
    const { data } = await callForJson(sandbox, a, ['iam-policy', ...EVERYTHING]);
    expect(Object.keys(data)).toEqual(['version', 'command', 'policy']);
    expect(await sandbox.requests()).toEqual([]);
  });

  scenario(
    'region and account are this instance’s; without a metadata service they must be given',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      const words = ['--eni-id', SERVICE_ENI, '--instance', NODE_A];
      const asked = await printed(sandbox, a, words);
      expect(JSON.stringify(asked)).toContain(`arn:aws:ec2:eu-central-1:123456789012:instance/${NODE_A}`);
      expect((await sandbox.requests()).every(({ service }) => service === 'imds')).toBe(true);
      await sandbox.setImds(a.instanceId, 'refused');
      const silent = await callCommand(sandbox, a, ['iam-policy', ...words]);
      expect(silent).toMatchObject({ exitCode: 6, stdout: '' });
      expect(silent.stderr).toMatch(
        /asking the instance metadata service .*, or give --region and --account$/,
      );
    },
  );

  scenario('what is missing or wrong is named', async ({ sandbox }) => {
    for (const [words, said] of [
      [[], 'give --eni-id and --instance for each node, or --tag KEY=VALUE'],
      [
        ['--eni-id', SERVICE_ENI],
        'this node is configured for no cluster; give --instance for each node, or',
      ],
      [['--eni-id', SERVICE_ENI, '--resource', 'service-eni'], '--resource: is needless with --eni-id'],
      [[...EVERYTHING, '--subnet-id', SUBNET], '--subnet-id and --security-group: need --operator'],
      [
        ['--operator'],
        '--subnet-id: is missing; give the subnet of the service; --security-group: is missing',
      ],
      [
        [...OPERATOR, '--instance', NODE_A],
        '--operator: goes with --subnet-id, --security-group and --tag; all else',
      ],
      [['--instance', 'i-1'], '--instance: "i-1" is no instance id'],
      [['--tag', 'cluster'], '--tag: "cluster" is no tag'],
      [['--with', 'create,doctor'], '--with: "create,doctor" has something else than doctor'],
    ] as const) {
      const { exitCode, stderr } = await callCommand(sandbox, sandbox.nodes.a, ['iam-policy', ...words]);
      expect({ words, exitCode }).toEqual({ words, exitCode: 2 });
      expect(stderr).toContain(said);
    }
  });
});

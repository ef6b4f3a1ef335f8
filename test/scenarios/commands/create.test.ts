import { describe, expect } from 'vitest';
import type { PolicyDocument } from '../../../src/core/iam-policy.ts';
import { iamPolicy } from '../../../src/core/iam-policy.ts';
import { operatorPolicy } from '../../../src/core/operator-policy.ts';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { NODE_A, SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import { mutatingCalls } from '../expectations.ts';
import { scenario, scenarioIn } from '../scenario.ts';
import { callCommand, callForJson, tooLong } from './call-command.ts';

const SUBNET = 'subnet-0a000000000000002';
const GROUP = 'sg-05ec0000000000000';
const CREATE = ['create', '--subnet-id', SUBNET] as const;
const WHOLE = [
  ...CREATE,
  ...[
    '--ip',
    '10.2.0.50',
    '--secondary-ip',
    '10.2.0.51',
    '--secondary-ip',
    '10.2.0.52',
    '--security-group',
    GROUP,
  ],
  ...['--description', 'service of the cluster', '--tag', 'cluster=one', '--tag', 'Name=service'],
];

/** Those of the instance's role, as an environment has them. */
async function credentialsOf(sandbox: Sandbox, node: SandboxNode): Promise<Record<string, string>> {
  const script = `imds=http://169.254.169.254/latest
token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $imds/api/token)
role=$(curl -sf -H "X-aws-ec2-metadata-token: $token" $imds/meta-data/iam/security-credentials/)
curl -sf -H "X-aws-ec2-metadata-token: $token" $imds/meta-data/iam/security-credentials/$role`;
  const { stdout } = await node.exec('sh', ['-c', script], { env: sandbox.environment(node) });
  const role = JSON.parse(stdout) as Readonly<Record<string, string>>;
  return {
    AWS_ACCESS_KEY_ID: role['AccessKeyId'] ?? '',
    AWS_SECRET_ACCESS_KEY: role['SecretAccessKey'] ?? '',
    AWS_SESSION_TOKEN: role['Token'] ?? '',
  };
}

describe.concurrent('create', () => {
  scenario('makes the ENI as it was asked for, once', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const first = await callForJson(sandbox, a, WHOLE);
    expect({ exitCode: first.exitCode, ...first.data }).toMatchObject({
      exitCode: 0,
      eni: {
        addresses: ['10.2.0.50', '10.2.0.51', '10.2.0.52'],
        availabilityZone: 'eu-central-1a',
        attachedTo: null,
      },
      warnings: [],
    });
    const { id } = first.data['eni'] as { readonly id: string };
    const again = await callCommand(sandbox, a, WHOLE);
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(again.stdout.replaceAll(/\s+/g, ' ')).toContain(
      `${id} (10.2.0.50, 10.2.0.51, 10.2.0.52) is there, in eu-central-1a, unattached.`,
    );
    expect(again.stdout).toContain(`aws-eni crm-config --eni-id ${id} --region eu-central-1`);
    expect(again.stdout.replaceAll(/ \\\n +/g, ' ')).toContain(
      `aws-eni iam-policy --eni-id ${id} --region eu-central-1 --account 123456789012 --instance ID`,
    );
    expect(tooLong(again.stdout)).toEqual([]);
    const { enis } = await sandbox.world();
    const made = Object.values(enis).filter(({ creation }) => creation !== undefined);
    expect(made).toMatchObject([
      {
        id,
        description: 'service of the cluster',
        groups: [GROUP],
        tags: { cluster: 'one', Name: 'service' },
      },
    ]);
    const other = await callCommand(sandbox, a, [...CREATE, '--description', 'another']);
    expect(other.stdout).not.toContain(id);
  });

  scenario('what can not be looked at is created all the same, and not called free', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const match = { service: 'ec2', action: 'DescribeNetworkInterfaces' } as const;
    await sandbox.fault({ match, do: { error: 'UnauthorizedOperation', status: 403 } });
    const { exitCode, data } = await callForJson(sandbox, a, WHOLE);
    expect({ exitCode, ...data }).toMatchObject({ exitCode: 0, eni: { attachedTo: 'unknown' } });
    const { stdout } = await callCommand(sandbox, a, WHOLE);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'is there, in eu-central-1a. warning: not known whether it is attached: ',
    );
    expect(tooLong(stdout)).toEqual([]);
  });

  scenario('groups and tags in another order are the same request', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const first = await callForJson(sandbox, a, [...CREATE, '--tag', 'a=1', '--tag', 'b=2']);
    const again = await callForJson(sandbox, a, [...CREATE, '--tag', 'b=2', '--tag', 'a=1']);
    expect(again).toMatchObject({ exitCode: 0, data: first.data });
  });

  scenario('an ENI of an earlier call that is in use is not called unattached', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    const { id } = (await callForJson(sandbox, a, WHOLE)).data['eni'] as { readonly id: string };
    await sandbox.place(id, { attachedTo: b.instanceId, deviceIndex: 1 });
    const again = await callCommand(sandbox, a, WHOLE);
    expect(again.exitCode).toBe(0);
    expect(again.stdout.replaceAll(/\s+/g, ' ')).toContain(
      `is there, in eu-central-1a: an earlier call made it, and ${b.instanceId} has it.`,
    );
    const { data } = await callForJson(sandbox, a, WHOLE);
    expect(data['eni']).toMatchObject({ id, attachedTo: b.instanceId });
  });

  scenario('EC2 may show the ENI later, but it must show it', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await sandbox.setLatencies({ staleMs: 1_000 });
    const later = await callForJson(sandbox, a, WHOLE);
    expect(later).toMatchObject({ exitCode: 0, data: { eni: { attachedTo: null }, warnings: [] } });

    // As after a delete: the token is known, and the ENI is not.
    await sandbox.setLatencies({ staleMs: 3_600_000 });
    const token = String(later.data['clientToken']);
    const gone = await callCommand(sandbox, a, WHOLE);
    expect(gone).toMatchObject({ exitCode: 1, stdout: '' });
    expect(gone.stderr).toContain(`for client token ${token} it repeats an answer`);
    expect(gone.stderr).toContain('give another --client-token');
  });

  scenario('an answer that is lost is no second ENI', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await sandbox.fault({
      match: { service: 'ec2', action: 'CreateNetworkInterface' },
      times: 1,
      do: 'drop-after',
    });
    expect(await callCommand(sandbox, a, WHOLE)).toMatchObject({ exitCode: 0, stderr: '' });
    const { enis } = await sandbox.world();
    expect(Object.values(enis).filter(({ creation }) => creation !== undefined)).toHaveLength(1);
  });

  scenario('--dry-run asks for everything and makes nothing', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const { exitCode, data } = await callForJson(sandbox, a, [...WHOLE, '--dry-run']);
    expect({ exitCode, eni: data['eni'] }).toEqual({ exitCode: 0, eni: null });
    expect(await mutatingCalls(sandbox)).toEqual([]);
  });

  scenario('addresses that no ENI can have are refused before anything is asked for', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    for (const [words, said] of [
      [['--ip', '10.9.0.50'], "10.9.0.50 is not in the subnet's network 10.2.0.0/24"],
      [['--ip', '10.2.0.3'], '10.2.0.3 is one of the first four addresses of 10.2.0.0/24'],
      [['--ip', '10.2.0.50', '--secondary-ip', '10.2.0.255'], '10.2.0.255 is the last address'],
    ] as const) {
      const { exitCode, stderr } = await callCommand(sandbox, a, [...CREATE, ...words]);
      expect({ words, exitCode }).toEqual({ words, exitCode: 2 });
      expect(stderr).toContain(said);
    }
    expect((await sandbox.requests()).map(({ name }) => name)).not.toContain('CreateNetworkInterface');
  });

  scenario('what EC2 refuses is said with the option to change', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await callCommand(sandbox, a, [...CREATE, '--client-token', 'mine']);
    for (const [words, said] of [
      [
        [...CREATE, '--ip', '10.2.0.10'],
        'InvalidIPAddress.InUse: The specified address 10.2.0.10 is already in use.',
      ],
      [[...CREATE, '--security-group', 'sg-0f00000000000000f'], 'correct --security-group'],
      [['create', '--subnet-id', 'subnet-0f00000000000000f'], 'subnet-0f00000000000000f'],
      [[...CREATE, '--client-token', 'mine', '--description', 'other'], 'choose another --client-token'],
    ] as const) {
      const { exitCode, stderr } = await callCommand(sandbox, a, words);
      expect({ words, exitCode }).toEqual({ words, exitCode: 1 });
      expect(stderr).toContain(said);
    }
  });

  scenario('warns of the nodes’ own subnet', async ({ sandbox }) => {
    const words = ['create', '--subnet-id', 'subnet-0b000000000000001'];
    const { exitCode, stdout } = await callCommand(sandbox, sandbox.nodes.a, words);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("warning: that is the subnet of this instance's own interface");
    expect(tooLong(stdout)).toEqual([]);
  });

  scenarioIn({ nodes: { a: { zone: 'other' } } })(
    'warns of another zone, also before anything is created',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      const warning = 'warning: the subnet is in eu-central-1a and this instance in eu-central-1b';
      const dry = await callCommand(sandbox, a, [...CREATE, '--dry-run']);
      expect(dry.stdout).toContain(warning);
      expect(await mutatingCalls(sandbox)).toEqual([]);
      expect((await callCommand(sandbox, a, CREATE)).stdout).toContain(warning);
    },
  );

  scenario('works with the policy for it and not without, and needs no root', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const place = { region: 'eu-central-1', accountId: '123456789012' } as const;
    const permit = (policy: PolicyDocument): Promise<void> =>
      sandbox.setPermissions(a.instanceId, { policy: JSON.stringify(policy) });
    const nodes = {
      eniId: SERVICE_ENI,
      instanceIds: [NODE_A],
      tag: undefined,
      isRecipe: false,
      commands: [],
    } as const;
    await permit(iamPolicy({ ...place, ...nodes }));
    const refused = await callCommand(sandbox, a, WHOLE);
    expect(refused).toMatchObject({ exitCode: 4, stdout: '' });
    expect(refused.stderr).toMatch(/ec2:CreateNetworkInterface.*'aws-eni iam-policy --operator' prints/);
    await permit(
      operatorPolicy({ ...place, subnetId: SUBNET, securityGroupIds: [GROUP], movingTag: undefined }),
    );
    expect(await callCommand(sandbox, a, WHOLE, { unprivileged: true })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
  });

  scenario(
    'without network there is a reason; on what is no instance it needs --region',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      await sandbox.setEndpoint('refused');
      const cutOff = await callCommand(sandbox, a, WHOLE);
      expect(cutOff).toMatchObject({ exitCode: 6, stdout: '' });
      expect(cutOff.stderr).toContain(`describing ${SUBNET}: calling EC2 ended in ECONNREFUSED`);
      await sandbox.setEndpoint('on');
      await sandbox.fault({ match: { service: 'ec2', action: 'CreateNetworkInterface' }, do: 'drop-after' });
      const lost = await callCommand(sandbox, a, WHOLE);
      expect(lost).toMatchObject({ exitCode: 6, stdout: '' });
      expect(lost.stderr).toMatch(
        /then repeat the command: with its client token, [0-9a-f]{64}, it makes no second ENI$/,
      );
      await sandbox.clearFaults();
      await sandbox.fault({ match: { service: 'ec2', action: 'CreateNetworkInterface' }, do: 'not-xml' });
      const garbled = await callCommand(sandbox, a, [...WHOLE, '--client-token', 'mine']);
      expect(garbled).toMatchObject({ exitCode: 6, stdout: '' });
      expect(garbled.stderr).toContain('with its client token, mine, it makes no second ENI');
      await sandbox.clearFaults();
      await sandbox.setImds(a.instanceId, 'refused');
      const nowhere = await callCommand(sandbox, a, WHOLE);
      expect(nowhere).toMatchObject({ exitCode: 6, stdout: '' });
      expect(nowhere.stderr).toMatch(/asking the instance metadata service .*, or give --region$/);
    },
  );

  scenario('on what is no instance it works with --region and credentials', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const environment = await credentialsOf(sandbox, a);
    await sandbox.setImds(a.instanceId, 'refused');
    await sandbox.resetRequests();
    const words = [...WHOLE, '--region', 'eu-central-1'];
    const made = await callCommand(sandbox, a, words, { environment });
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    expect(made.stdout).toContain('--account ACCOUNT --instance ID');
    expect((await sandbox.requests()).filter(({ service }) => service === 'imds')).toEqual([]);
  });

  describe('what EC2 names by codes of its own is for who asked, and no error of the program', () => {
    for (const [error, said] of [
      ['InvalidSecurityGroupID.NotFound', 'correct --security-group: a group of the same VPC'],
      ['InvalidParameter', 'EC2 said InvalidParameter: as a test has it (HTTP 400'],
      ['SecurityGroupsPerInterfaceLimitExceeded', 'give fewer --security-group'],
      ['AddedOneDay', 'correct what it names'],
    ] as const) {
      scenario.concurrent(error, async ({ sandbox }) => {
        const match = { service: 'ec2', action: 'CreateNetworkInterface' } as const;
        await sandbox.fault({ match, do: { error, status: 400, message: 'as a test has it' } });
        for (const words of [WHOLE, [...WHOLE, '--dry-run']]) {
          const { exitCode, stderr } = await callCommand(sandbox, sandbox.nodes.a, words);
          expect(exitCode).toBe(1);
          expect(stderr).toContain(said);
          expect(stderr).not.toContain('please report');
        }
      });
    }
  });

  scenario('a command line that is wrong is answered by what is wrong', async ({ sandbox }) => {
    for (const [words, said] of [
      [[], '--subnet-id: is missing'],
      [['--subnet-id', 'a'], '--subnet-id: "a" is no subnet id'],
      [['--subnet-id', SUBNET, '--secondary-ip', '10.2.0.50'], '--secondary-ip: needs --ip'],
      [
        ['--subnet-id', SUBNET, '--ip', '10.2.0.50', '--secondary-ip', '10.2.0.50'],
        'an address is given twice',
      ],
      [['--subnet-id', SUBNET, '--tag', 'aws:x=y'], "keys that begin with aws: are AWS's own"],
      [['--subnet-id', SUBNET, '--tag', 'a=1', '--tag', 'a=2'], '--tag: a key is given twice'],
    ] as const) {
      const { exitCode, stderr } = await callCommand(sandbox, sandbox.nodes.a, ['create', ...words]);
      expect({ words, exitCode }).toEqual({ words, exitCode: 2 });
      expect(stderr).toContain(said);
    }
    expect(await sandbox.requests()).toEqual([]);
  });
});

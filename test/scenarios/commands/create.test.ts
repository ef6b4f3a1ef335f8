import { describe, expect } from 'vitest';
import { iamPolicy } from '../../../src/core/iam-policy.ts';
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

describe.concurrent('create', () => {
  scenario('makes the ENI as it was asked for, once', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const first = await callForJson(sandbox, a, WHOLE);
    expect({ exitCode: first.exitCode, ...first.data }).toMatchObject({
      exitCode: 0,
      eni: { addresses: ['10.2.0.50', '10.2.0.51', '10.2.0.52'], availabilityZone: 'eu-central-1a' },
      warnings: [],
    });
    const { id } = first.data['eni'] as { readonly id: string };
    const again = await callCommand(sandbox, a, WHOLE);
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(again.stdout.replaceAll(/\s+/g, ' ')).toContain(
      `${id} (10.2.0.50, 10.2.0.51, 10.2.0.52) is there, in eu-central-1a, unattached.`,
    );
    expect(again.stdout).toContain(`aws-eni crm-config --eni-id ${id} --region eu-central-1`);
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
    expect(stdout).toContain("warning: it is the subnet of this instance's own interface");
    expect(tooLong(stdout)).toEqual([]);
  });

  scenarioIn({ nodes: { a: { zone: 'other' } } })('warns of another zone', async ({ sandbox }) => {
    const { stdout } = await callCommand(sandbox, sandbox.nodes.a, CREATE);
    expect(stdout).toContain('warning: it is in eu-central-1a and this instance in eu-central-1b');
  });

  scenario('works with the policy for it and not without, and needs no root', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const permitted = {
      region: 'eu-central-1',
      accountId: '123456789012',
      eniId: SERVICE_ENI,
      instanceIds: [NODE_A],
      tag: undefined,
      subnetId: SUBNET,
    } as const;
    const permit = (commands: readonly ['create'] | readonly []): Promise<void> =>
      sandbox.setPermissions(a.instanceId, { policy: JSON.stringify(iamPolicy({ ...permitted, commands })) });
    await permit([]);
    const refused = await callCommand(sandbox, a, WHOLE);
    expect(refused).toMatchObject({ exitCode: 4, stdout: '' });
    expect(refused.stderr).toContain('ec2:CreateNetworkInterface');
    await permit(['create']);
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
      expect(lost.stderr).toContain('then repeat the command: its client token makes no second ENI');
      await sandbox.clearFaults();
      await sandbox.setImds(a.instanceId, 'refused');
      expect(await callCommand(sandbox, a, WHOLE)).toMatchObject({ exitCode: 6, stdout: '' });
    },
  );

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

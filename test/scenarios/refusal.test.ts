import { describe, expect } from 'vitest';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import type { Call } from './agent.ts';
import { callAgent } from './agent.ts';
import { CONFINED_IP, onNodeOf } from './confined.ts';
import { expectServing, holderOf, mutatingCalls } from './expectations.ts';
import { readNetwork } from './node-network.ts';
import { scenario, scenarioIn } from './scenario.ts';

/** A start on node B that can't succeed, while node A serves: says why, and takes nothing away. */
async function expectRefused(sandbox: Sandbox, exitCode: number, reason: string, call?: Call): Promise<void> {
  const { a, b } = sandbox.nodes;
  expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
  await sandbox.resetRequests();
  const before = await readNetwork(b);
  const refused = await callAgent(sandbox, b, 'start', call);
  expect(refused).toMatchObject({ exitCode, reason: expect.stringContaining(reason) });
  expect(await mutatingCalls(sandbox)).toEqual([]);
  expect(await readNetwork(b)).toEqual(before);
  expect(await holderOf(sandbox)).toBe(NODE_A);
  await expectServing(sandbox, a);
}

describe('a start that can’t succeed leaves the ENI with its holder', () => {
  scenarioIn({ nodes: { b: { zone: 'other' } } })('another availability zone', ({ sandbox }) =>
    expectRefused(sandbox, 2, "an ENI can't leave its zone"),
  );

  const moreEnis = [
    { id: 'eni-0b1b2c3d4e5f60719', ipv4: ['10.2.0.20'] as const },
    { id: 'eni-0c1b2c3d4e5f6071a', ipv4: ['10.2.0.30'] as const },
  ];
  scenarioIn({ moreEnis: moreEnis.map(({ id, ipv4 }) => ({ id, ipv4: [...ipv4] })) })(
    'no free slot',
    async ({ sandbox }) => {
      for (const [index, { id }] of moreEnis.entries())
        await sandbox.place(id, { attachedTo: NODE_B, deviceIndex: index + 1 });
      await expectRefused(sandbox, 2, 'has 3 interfaces, all that type m5.large allows');
    },
  );

  scenario('a table with someone else’s default route', async ({ sandbox }) => {
    const { b } = sandbox.nodes;
    await b.exec('ip', ['route', 'add', 'default', 'via', '10.1.0.1', 'dev', 'eth0', 'table', '100']);
    await expectRefused(sandbox, 2, 'table MYHA (100) already has a default route via 10.1.0.1 dev eth0');
  });

  scenario('no permission to attach', async ({ sandbox }) => {
    await sandbox.setPermissions(NODE_B, [
      'DescribeNetworkInterfaces',
      'DescribeInstances',
      'DescribeSubnets',
      'DetachNetworkInterface',
    ]);
    await expectRefused(sandbox, 4, 'UnauthorizedOperation');
  });

  scenario('no permission to detach', async ({ sandbox }) => {
    await sandbox.setPermissions(NODE_B, [
      'DescribeNetworkInterfaces',
      'DescribeInstances',
      'DescribeSubnets',
      'AttachNetworkInterface',
    ]);
    const { a, b } = sandbox.nodes;
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    expect(await callAgent(sandbox, b, 'start')).toMatchObject({
      exitCode: 4,
      reason: expect.stringContaining('grant'),
    });
    await expectServing(sandbox, a);
  });

  scenario('no permission to describe', async ({ sandbox }) => {
    await sandbox.setPermissions(NODE_B, []);
    await expectRefused(sandbox, 4, 'describing eni-0a1b2c3d4e5f60718: EC2 said UnauthorizedOperation');
  });

  scenario('an ENI that EC2 does not know', ({ sandbox }) =>
    expectRefused(sandbox, 2, 'EC2 knows no such ENI: eni-0123456789abcdef0', {
      parameters: { eni_id: 'eni-0123456789abcdef0' },
    }),
  );

  scenario('an id and an address that disagree', ({ sandbox }) =>
    expectRefused(sandbox, 2, 'eni_id eni-0a1b2c3d4e5f60718 and ip 10.2.0.99 disagree', {
      parameters: { eni_id: SERVICE_ENI, ip: '10.2.0.99' },
    }),
  );

  scenario('a rule that would catch the node’s own traffic', ({ sandbox }) =>
    expectRefused(sandbox, 2, "would catch this node's own traffic from 10.1.0.12 on eth0", {
      parameters: { eni_id: SERVICE_ENI, rule_from: '10.0.0.0/8' },
    }),
  );

  scenario('not root', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const command = 'exec setpriv --reuid nobody --clear-groups --inh-caps=-all "$0" start';
    const { executable } = await import('./agent.ts');
    const env = onNodeOf({ ...sandbox.environment(a), OCF_RESKEY_eni_id: SERVICE_ENI });
    const { exitCode, stderr } = await a.exec('sh', ['-c', command, executable], { env });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('run it as root');
  });

  scenario('no ip on the node', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    // In the node's own mount namespace, over the directories that it shares with this machine.
    const hide = ['bin', 'sbin'].map(
      (name) =>
        `mkdir -p /run/o/${name} /run/w/${name} && mount -t overlay overlay -o lowerdir=/usr/${name},upperdir=/run/o/${name},workdir=/run/w/${name} /usr/${name} && rm -f /usr/${name}/ip`,
    );
    const hideStandIn = `mkdir /run/empty && mount --bind /run/empty ${CONFINED_IP}`;
    expect(await a.exec('sh', ['-ec', [...hide, hideStandIn].join('\n')])).toMatchObject({ exitCode: 0 });
    for (const action of ['monitor', 'start']) {
      const { exitCode, reason } = await callAgent(sandbox, a, action);
      expect({ action, exitCode, reason }).toEqual({
        action,
        exitCode: 5,
        reason: "program 'ip' is not installed; install the package that has it",
      });
    }
  });
});

scenario.for([
  [
    'echo \'Option "-N" is unknown, try "ip -help".\' >&2; exit 255',
    1,
    "'ip' could not show -4 rule show: Option",
  ],
  [
    '[ $1 = -o ] || { echo \'Option "-j" is unknown\' >&2; exit 255; }',
    1,
    "'ip -o -4 rule show' ended with exit code 0 and printed nothing; a security policy such as SELinux",
  ],
  [
    '[ $1 = -o ] && echo nonsense && exit; echo \'Option "-N" is unknown\' >&2; exit 255',
    1,
    "could not read what 'ip -o' printed",
  ],
  [
    'exit 0',
    1,
    "'ip -N -j -d -force -batch -' ended with exit code 0 and printed nothing; a security policy",
  ],
  [
    'exit 2',
    1,
    "'ip -N -j -d -force -batch -' ended with exit code 2 and printed nothing; a security policy",
  ],
  ['echo nonsense', 1, "could not read what 'ip -j' printed"],
  ['echo "Cannot open netlink socket: Permission denied" >&2; exit 1', 1, 'Cannot open netlink socket'],
  ['exec sleep 60', 1, 'was killed'],
] as const)('an ip that answers otherwise: %s', async ([script, exitCode, reason], { sandbox }) => {
  const { a } = sandbox.nodes;
  const directory = '/run/other-ip';
  const lines = `#!/bin/sh\n${script}\n`;
  await a.exec('sh', ['-ec', `mkdir ${directory} && cat > ${directory}/ip && chmod +x ${directory}/ip`], {
    input: lines,
  });
  const environment = { PATH: `${directory}:/usr/sbin:/usr/bin` };
  const answer = await callAgent(sandbox, a, 'monitor', { environment, timeoutMs: 3_000 });
  expect(answer).toMatchObject({ exitCode, reason: expect.stringContaining(reason) });
});

describe('bad input is refused with a reason, and nothing is changed', () => {
  scenario.for([
    [{ eni_id: 'eni-1' }, 'eni_id: "eni-1" is no ENI id'],
    [{ ip: '10.2.0.300' }, 'ip: "10.2.0.300" is no IPv4 address'],
    [{ ip: '10.2.0.10', rule_from: '10.2.0.0/33' }, 'rule_from: "10.2.0.0/33" is no network'],
    [{ ip: '10.2.0.10', routing_table: 'my table' }, 'routing_table: "my table" is no table name'],
    [{ ip: '10.2.0.10', rule_priority: '0' }, 'rule_priority: "0" is not a whole number from 1 to 32765'],
    [{}, 'neither is given'],
    [{ ip: 'x', rule_priority: '-1', force_after: 'soon' }, 'force_after: "soon" is no duration'],
  ] as const)('%s', async ([parameters, reason], { sandbox }) => {
    const { a } = sandbox.nodes;
    const before = await readNetwork(a);
    for (const action of ['start', 'monitor', 'validate-all']) {
      const refused = await callAgent(sandbox, a, action, {
        parameters: parameters as Record<string, string>,
      });
      expect(refused).toMatchObject({ exitCode: 6, reason: expect.stringContaining(reason), stdout: '' });
    }
    expect(await readNetwork(a)).toEqual(before);
    expect(await sandbox.requests()).toEqual([]);
    // There is nothing to stop, and a failed stop would have the node fenced.
    expect(
      await callAgent(sandbox, a, 'stop', { parameters: parameters as Record<string, string> }),
    ).toMatchObject({ exitCode: 0 });
  });
});

describe('validate-all', () => {
  scenario('names all problems of a configuration in one run', async ({ sandbox }) => {
    const parameters = {
      ip: 'x',
      region: 'Frankfurt',
      rule_priority: '0',
      rule_from: '10.2.0.0/40',
      detach_mode: 'maybe',
    };
    const { exitCode, reason } = await callAgent(sandbox, sandbox.nodes.a, 'validate-all', { parameters });
    expect(exitCode).toBe(6);
    for (const name of Object.keys(parameters)) expect(reason).toContain(`${name}: `);
  });

  scenario('at level 0 looks at nothing but the parameters', async ({ sandbox }) => {
    expect(await callAgent(sandbox, sandbox.nodes.a, 'validate-all')).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    expect(await sandbox.requests()).toEqual([]);
  });

  scenario('at level 10 names all obstacles of a start here', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const environment = { OCF_CHECK_LEVEL: '10' };
    expect(await callAgent(sandbox, a, 'validate-all', { environment })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    await sandbox.setIproute2(NODE_A, 'conflict');
    await a.exec('ip', ['route', 'add', 'default', 'via', '10.1.0.1', 'dev', 'eth0', 'table', '100']);
    const parameters = { eni_id: SERVICE_ENI, ip: '10.2.0.99', rule_from: '10.1.0.0/24' };
    const { exitCode, reason } = await callAgent(sandbox, a, 'validate-all', { environment, parameters });
    expect(exitCode).toBe(2);
    for (const words of ['disagree', 'is table 200', 'already has a default route', 'catch this node'])
      expect(reason).toContain(words);
    expect(await mutatingCalls(sandbox)).toEqual([]);
  });
});

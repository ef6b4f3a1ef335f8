import { describe, expect } from 'vitest';
import { iamPolicy } from '../../../src/core/iam-policy.ts';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import { eniId } from '../agent.ts';
import { mutatingCalls } from '../expectations.ts';
import { readNetwork } from '../node-network.ts';
import { scenario, scenarioIn } from '../scenario.ts';
import type { CommandCall } from './call-command.ts';
import { callCommand, tooLong } from './call-command.ts';
import type { Check } from './call-doctor.ts';
import { checksOf, DOCTOR, placeSystemctl, statuses, statusOf } from './call-doctor.ts';

type Deed = (sandbox: Sandbox, node: SandboxNode) => Promise<unknown>;

/** Something wrong, how it is mended, and the only checks that change by it. */
const FAULTS: readonly (readonly [
  what: string,
  plant: Deed,
  mend: Deed,
  changes: Readonly<Record<string, string>>,
])[] = [
  [
    'version 1 of the metadata service is on',
    ({ edit }, { instanceId: instance }) =>
      edit({ instance, metadataOptions: { httpTokens: 'optional', hopLimit: 1 } }),
    ({ edit }, { instanceId: instance }) =>
      edit({ instance, metadataOptions: { httpTokens: 'required', hopLimit: 1 } }),
    { 'metadata-tokens': 'warning' },
  ],
  [
    'clocks are 6 minutes apart',
    ({ setSkew }) => setSkew(360_000),
    ({ setSkew }) => setSkew(0),
    { clock: 'failed' },
  ],
  [
    'clocks are a minute apart',
    ({ setSkew }) => setSkew(60_000),
    ({ setSkew }) => setSkew(0),
    { clock: 'warning' },
  ],
  [
    'the ENI goes with its holder',
    ({ edit }) => edit({ eni: SERVICE_ENI, deleteOnTermination: true }),
    ({ edit }) => edit({ eni: SERVICE_ENI, deleteOnTermination: false }),
    { 'delete-on-termination': 'failed' },
  ],
  [
    'the source/destination check is off',
    ({ edit }) => edit({ eni: SERVICE_ENI, sourceDestCheck: false }),
    ({ edit }) => edit({ eni: SERVICE_ENI, sourceDestCheck: true }),
    { 'source-dest-check': 'warning' },
  ],
  [
    'the ENI has no security group',
    ({ edit }) => edit({ eni: SERVICE_ENI, groups: [] }),
    ({ edit }) => edit({ eni: SERVICE_ENI, groups: [GROUP] }),
    { 'security-groups': 'failed' },
  ],
  [
    'the security group admits nothing',
    ({ edit }) => edit({ group: GROUP, admits: false }),
    ({ edit }) => edit({ group: GROUP, admits: true }),
    { 'security-groups': 'failed' },
  ],
  [
    'all interface slots are taken',
    ({ place }, { instanceId: attachedTo }) =>
      Promise.all(SPARE_ENIS.map((id, at) => place(id, { attachedTo, deviceIndex: at + 1 }))),
    ({ place }) => Promise.all(SPARE_ENIS.map((id) => place(id, 'available'))),
    { slot: 'failed' },
  ],
  [
    'somebody uses the table',
    (_sandbox, { exec }) => exec('ip', ['route', 'add', 'default', 'via', '10.1.0.1', 'table', '100']),
    (_sandbox, { exec }) => exec('ip', ['route', 'flush', 'table', '100']),
    { table: 'failed' },
  ],
  [
    'the table has another number',
    (_sandbox, { exec }) =>
      exec('sh', [
        '-c',
        'mkdir -p /etc/iproute2/rt_tables.d; echo "77 MYHA" > /etc/iproute2/rt_tables.d/x.conf',
      ]),
    (_sandbox, { exec }) => exec('rm', ['/etc/iproute2/rt_tables.d/x.conf']),
    { table: 'failed' },
  ],
  [
    'somebody uses the priority',
    (_sandbox, { exec }) =>
      exec('ip', ['rule', 'add', 'from', '10.9.0.0/16', 'table', '77', 'priority', '100']),
    (_sandbox, { exec }) =>
      exec('ip', ['rule', 'del', 'from', '10.9.0.0/16', 'table', '77', 'priority', '100']),
    { 'rule-priority': 'warning' },
  ],
  [
    'monitor had to put something back today',
    (_sandbox, { exec }) =>
      exec('sh', [
        '-ec',
        `mkdir -p ${HISTORY}; printf '{"version":1,"id":"x","is":"repaired","at":"%s","resource":"service-eni","missing":["rule 100"]}\n' "$(date -u +%FT%TZ)" > ${HISTORY}/aws-eni-service-eni+repairs.jsonl`,
      ]),
    (_sandbox, { exec }) => exec('rm', ['-r', HISTORY]),
    { repairs: 'warning' },
  ],
];

const HISTORY = '/var/lib/aws-eni/history';

const GROUP = 'sg-05ec0000000000000';
const SPARE_ENIS = ['eni-0b5f607180a1b2c31', 'eni-0b5f607180a1b2c32'] as const;

const inDoctor = scenarioIn({
  moreEnis: SPARE_ENIS.map((id, at) => ({ id, ipv4: [`10.2.0.2${at}`] as const })),
});

describe.concurrent('doctor', () => {
  inDoctor('finds nothing wrong where nothing is, and changes nothing', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    await sandbox.place(SERVICE_ENI, { attachedTo: b.instanceId, deviceIndex: 1 });
    const environment = { PATH: await placeSystemctl(a) };
    const before = await readNetwork(a);
    const { exitCode, checks } = await checksOf(sandbox, a, DOCTOR, { environment });
    expect(checks.filter((check) => statusOf(check) !== 'ok').map(({ id }) => id)).toEqual([
      'environment',
      'cluster',
    ]);
    expect(exitCode).toBe(0);
    expect(checks.length).toBeGreaterThan(28);
    const { stdout } = await callCommand(sandbox, a, DOCTOR, { environment });
    expect(tooLong(stdout)).toEqual([]);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /credentials: from this instance's role aws-eni-node, access key \w{4}…\w{4}, good until \d{4}-/,
    );
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /endpoint: http:\/\/10\.1\.0\.1:8773, straight, answers in \d+ ms/,
    );
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('without TLS, whoever is in between can read');
    expect(await mutatingCalls(sandbox)).toEqual([]);
    expect(await readNetwork(a)).toEqual(before);
  });

  inDoctor(
    'each thing that is wrong changes its own line and no other',
    { timeout: 240_000 },
    async ({ sandbox }) => {
      const { a, b } = sandbox.nodes;
      await sandbox.place(SERVICE_ENI, { attachedTo: b.instanceId, deviceIndex: 1 });
      const environment = { PATH: await placeSystemctl(a) };
      const { checks: healthy } = await checksOf(sandbox, a, DOCTOR, { environment });
      for (const [what, plant, mend, changes] of FAULTS) {
        await plant(sandbox, a);
        const { exitCode, checks } = await checksOf(sandbox, a, DOCTOR, { environment });
        expect({ what, ...statuses(checks) }).toEqual({ what, ...statuses(healthy), ...changes });
        expect({ what, exitCode }).toEqual({
          what,
          exitCode: Object.values(changes).includes('failed') ? 1 : 0,
        });
        for (const { status, remedy } of checks) {
          expect(remedy === null).toBe(status === 'ok' || status === 'unknown');
        }
        await mend(sandbox, a);
      }
      const { checks: mended } = await checksOf(sandbox, a, DOCTOR, { environment });
      expect(statuses(mended)).toEqual(statuses(healthy));
    },
  );

  scenarioIn({ nodes: { a: { zone: 'other' } } })(
    'an ENI of another zone can’t come here',
    async ({ sandbox }) => {
      const { checks, exitCode } = await checksOf(sandbox, sandbox.nodes.a);
      expect(exitCode).toBe(1);
      expect(checks).toContainEqual(
        expect.objectContaining({
          id: 'eni-movable',
          status: 'failed',
          remedy: expect.stringContaining("can't leave its zone"),
        }),
      );
    },
  );

  scenario(
    'each permission that is missing is named, and what can’t be tried is said',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      const permitted = {
        region: 'eu-central-1',
        accountId: '123456789012',
        eniId,
        instanceIds: [NODE_B],
        tag: undefined,
        isRecipe: false,
        subnetId: undefined,
      } as const;
      const permit = (
        commands: readonly 'doctor'[],
        instanceIds: readonly (typeof NODE_A | typeof NODE_B)[],
      ): Promise<void> =>
        sandbox.setPermissions(a.instanceId, {
          policy: JSON.stringify(iamPolicy({ ...permitted, commands, instanceIds })),
        });
      const permissions = async (): Promise<Readonly<Record<string, string>>> =>
        Object.fromEntries(
          Object.entries(statuses((await checksOf(sandbox, a)).checks)).filter(([id]) =>
            id.startsWith('permission-'),
          ),
        );
      await permit([], [NODE_B]);
      expect(await permissions()).toEqual({
        'permission-DescribeNetworkInterfaces': 'ok',
        'permission-DescribeInstances': 'ok',
        'permission-DescribeSubnets': 'ok',
        'permission-DescribeInstanceTypes': 'ok',
        'permission-AttachNetworkInterface': 'failed',
        'permission-DetachNetworkInterface': 'unknown',
        'permission-DescribeSecurityGroups': 'warning',
      });
      await permit(['doctor'], [NODE_A]);
      await sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
      expect(new Set(Object.values(await permissions()))).toEqual(new Set(['ok']));
      await sandbox.setPermissions(a.instanceId, []);
      const { checks } = await checksOf(sandbox, a);
      expect(checks).toContainEqual(
        expect.objectContaining({
          id: 'permission-DescribeInstances',
          status: 'failed',
          remedy: "grant the instance's role ec2:DescribeInstances: 'aws-eni iam-policy'",
        }),
      );
      expect(statuses(checks)).toMatchObject({
        'permission-DescribeSubnets': 'warning',
        'permission-DescribeInstanceTypes': 'warning',
      });
    },
  );

  scenario('an environment that is not that of Pacemaker’s agents is told of', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const own = sandbox.environment(a);
    const environmentCheck = async (call: CommandCall = {}): Promise<Check | undefined> =>
      (await checksOf(sandbox, a, DOCTOR, call)).checks.find(({ id }) => id === 'environment');
    expect(await environmentCheck()).toMatchObject({ status: 'unknown' });
    await a.exec('cp', ['/bin/sleep', '/run/pacemaker-execd']);
    const { killGroup, running } = await a.spawn('/run/pacemaker-execd', ['600'], {
      env: { ...own, AWS_CA_BUNDLE: '/run/ca.pem' },
    });
    try {
      const environment = { AWS_CA_BUNDLE: '/run/ca.pem' };
      expect(await environmentCheck({ environment })).toMatchObject({ status: 'ok' });
      const secret = { HTTPS_PROXY: 'http://user:secret@127.0.0.1:3128', NO_PROXY: '*' };
      const differing = await environmentCheck({ environment: secret });
      expect(differing).toMatchObject({
        status: 'warning',
        found:
          "not that of Pacemaker's agents: HTTPS_PROXY is http://127.0.0.1:3128 here, and unset there; " +
          'NO_PROXY is * here, and unset there; AWS_CA_BUNDLE is /run/ca.pem there, and unset here',
      });
      const unprivileged = await environmentCheck({ environment, unprivileged: true });
      expect(unprivileged).toMatchObject({ status: 'unknown', found: expect.stringContaining('EACCES') });
    } finally {
      killGroup();
      await running;
    }
  });

  scenario('what does not answer is not checked, and the rest is', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await sandbox.setEndpoint('refused');
    const cutOff = await checksOf(sandbox, a);
    expect(cutOff.exitCode).toBe(1);
    expect(statuses(cutOff.checks)).toMatchObject({
      'metadata-service': 'ok',
      credentials: 'ok',
      endpoint: 'failed',
      eni: 'unknown',
      permissions: 'unknown',
      'rule-priority': 'ok',
    });
    await sandbox.setImds(a.instanceId, 'refused');
    const nowhere = await checksOf(sandbox, a);
    expect(nowhere.exitCode).toBe(1);
    expect(statuses(nowhere.checks)).toMatchObject({
      'metadata-service': 'failed',
      endpoint: 'unknown',
      eni: 'unknown',
      iproute2: 'ok',
    });
    expect(tooLong((await callCommand(sandbox, a, DOCTOR)).stdout)).toEqual([]);
  });

  scenario('unprivileged it says so, and checks what it can', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const { exitCode, checks } = await checksOf(sandbox, a, DOCTOR, { unprivileged: true });
    expect(exitCode).toBe(0);
    expect(statuses(checks)).toMatchObject({
      root: 'warning',
      eni: 'ok',
      'permission-AttachNetworkInterface': 'ok',
      table: 'ok',
    });
  });

  scenario(
    'an ENI that does not exist, that none is named, and a name that is wrong are three things',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      const missing = await checksOf(sandbox, a, ['doctor', '--eni-id', 'eni-0000000000000abcd']);
      expect(missing.exitCode).toBe(1);
      expect(statuses(missing.checks)['eni']).toBe('failed');
      const none = await checksOf(sandbox, a, ['doctor']);
      expect(none.exitCode).toBe(6);
      expect(statuses(none.checks)).toMatchObject({
        eni: 'unknown',
        endpoint: 'ok',
        'permission-DescribeSubnets': 'ok',
      });
      const wrong = await callCommand(sandbox, a, ['doctor', '--eni-id', 'eni-1']);
      expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
      expect(wrong.stderr).toContain('--eni-id: "eni-1" is no ENI id');
    },
  );
});

import { describe, expect } from 'vitest';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import { callAgent } from './agent.ts';
import { callCommand } from './commands/call-command.ts';
import { expectServing, holderOf, mutatingCalls } from './expectations.ts';
import { scenarioIn } from './scenario.ts';

const SPARE = 'eni-0b5f607180a1b2c3d';
const spare = { moreEnis: [{ id: SPARE, ipv4: ['10.2.0.77'] as [string] }] };

/** Gives both nodes what `iam-policy --recipe` prints, on one node less an action. */
async function permitRecipe(sandbox: Sandbox, less?: string): Promise<void> {
  const { stdout } = await callCommand(sandbox, sandbox.nodes.a, [
    ...['iam-policy', '--recipe', '--eni-id', SERVICE_ENI, '--instance', NODE_A, '--instance', NODE_B],
  ]);
  await sandbox.setPermissions(NODE_A, { policy: stdout });
  const policy =
    less === undefined ? stdout : stdout.replace(new RegExp(`"ec2:${less}",?`), '').replace(/,(\s*\])/, '$1');
  await sandbox.setPermissions(NODE_B, { policy });
}

const warnings = (stderr: string): readonly string[] =>
  stderr.split('\n').filter((line) => line.startsWith('WARNING'));

const subnetUntold = /could not learn the networks of subnet-0a000000000000002: .*ec2:DescribeSubnets/;
const limitsUntold =
  /could not learn whether type m5.large has room for eni-0a1b2c3d4e5f60718: .*ec2:DescribeInstanceTypes/;

describe.concurrent('the recipe’s own policy is enough', () => {
  scenarioIn({ ...spare, service: { ipv4: ['10.2.0.10', '10.2.0.11'], ipv6: ['fd00:2::10'] } })(
    'for a start, a takeover and a stop',
    async ({ sandbox }) => {
      const { a, b } = sandbox.nodes;
      await permitRecipe(sandbox);
      await sandbox.place(SPARE, { attachedTo: NODE_B, deviceIndex: 1 });
      expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
      await expectServing(sandbox, a);
      const { exitCode, stderr } = await callAgent(sandbox, b, 'start');
      expect(exitCode).toBe(0);
      expect(warnings(stderr)).toEqual([
        expect.stringMatching(subnetUntold),
        expect.stringMatching(limitsUntold),
      ]);
      await expectServing(sandbox, b);
      // With its state gone, stop has only EC2 and the metadata service to ask.
      await b.exec('sh', ['-c', 'rm /run/resource-agents/*.json']);
      expect(await callAgent(sandbox, b, 'stop')).toMatchObject({ exitCode: 0 });
      expect(await holderOf(sandbox)).toBeUndefined();
    },
  );

  for (const action of [
    'DescribeNetworkInterfaces',
    'DescribeInstances',
    'AttachNetworkInterface',
    'DetachNetworkInterface',
  ]) {
    scenarioIn({})(
      `and less than it says so before anybody loses the ENI: no ${action}`,
      async ({ sandbox }) => {
        const { a, b } = sandbox.nodes;
        await permitRecipe(sandbox, action);
        expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
        await sandbox.resetRequests();
        expect(await callAgent(sandbox, b, 'start')).toMatchObject({
          exitCode: 4,
          reason: expect.stringContaining(`grant the instance's role ec2:${action}`),
        });
        expect(await mutatingCalls(sandbox)).toEqual([]);
        await expectServing(sandbox, a);
      },
    );
  }

  scenarioIn({})('for the commands, which say what they do without', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    await permitRecipe(sandbox);
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    const plan = await callCommand(sandbox, b, ['plan', 'start', '--eni-id', SERVICE_ENI]);
    expect(plan).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(subnetUntold) });
    expect(plan.stdout).toContain('ask the metadata service for the networks of subnet-0a000000000000002');
    const doctor = await callCommand(sandbox, b, ['doctor', '--eni-id', SERVICE_ENI, '--json']);
    const { groups } = JSON.parse(doctor.stdout) as {
      groups: readonly { checks: readonly { id: string; status: string }[] }[];
    };
    const checks = groups.flatMap((group) => group.checks);
    expect(Object.fromEntries(checks.map(({ id, status }) => [id, status]))).toMatchObject({
      'permission-DescribeSubnets': 'warning',
      'permission-DescribeInstanceTypes': 'warning',
      'permission-DescribeInstances': 'ok',
      'eni-movable': 'ok',
      table: 'ok',
      slot: 'ok',
    });
    const move = await callCommand(sandbox, b, ['move', '--eni-id', SERVICE_ENI]);
    expect(move.exitCode).toBe(0);
    await expectServing(sandbox, b);
  });
});

describe.concurrent('more addresses than the instance type allows', () => {
  const many = scenarioIn({
    nodes: { b: { type: 't3.nano' } },
    service: { ipv4: ['10.2.0.10', '10.2.0.11', '10.2.0.12'] },
  });

  many('leave the ENI with its holder', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    await sandbox.resetRequests();
    expect(await callAgent(sandbox, b, 'start')).toMatchObject({
      exitCode: 2,
      reason: expect.stringContaining('has 3 IPv4 addresses, and an interface of type t3.nano can have 2'),
    });
    expect(await mutatingCalls(sandbox)).toEqual([]);
    await expectServing(sandbox, a);
  });

  many('are EC2’s to refuse where the role may not ask for the limit', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    await permitRecipe(sandbox);
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    expect(await callAgent(sandbox, b, 'start')).toMatchObject({
      exitCode: 2,
      reason: expect.stringMatching(
        /InvalidInterface.IpAddressLimitExceeded: .+; take addresses from the ENI/,
      ),
    });
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    await expectServing(sandbox, a);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { callAgent, eniId } from '../agent.ts';
import { mutatingCalls } from '../expectations.ts';
import { readNetwork } from '../node-network.ts';
import { scenario } from '../scenario.ts';
import { callCommand, callForJson, tooLong } from './call-command.ts';

const words = (action: string): readonly string[] => ['plan', action, '--eni-id', eniId];

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

describe.concurrent('plan', () => {
  scenario('prints what the README shows', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    const { stdout } = await callCommand(sandbox, b, words('start'));
    expect(readme).toContain(`# aws-eni plan start\n${stdout}\n`);
  });

  scenario('tells each step of a start from scratch, and takes none', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const before = await readNetwork(a);
    const { exitCode, data } = await callForJson(sandbox, a, words('start'));
    expect({ exitCode, ...data }).toMatchObject({ exitCode: 0, action: 'start', eni: eniId, unknown: null });
    expect((data['steps'] as readonly { do: string }[]).map((step) => step.do)).toEqual([
      'keep-off',
      'attach',
      'await-device',
      'set-mtu',
      'set-link',
      'add-address',
      'replace-route',
      'replace-route',
      'add-rule',
    ]);
    expect(await mutatingCalls(sandbox)).toEqual([]);
    expect(await readNetwork(a)).toEqual(before);
  });

  scenario('names the holder that a start would take the ENI from', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    await callAgent(sandbox, b, 'start');
    const { exitCode, stdout, stderr } = await callCommand(sandbox, a, words('start'));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(`detach ${eniId} from ${b.instanceId}`);
    expect(stdout).toContain('it holds the ENI and is running');
    expect(tooLong(stdout)).toEqual([]);
  });

  scenario(
    'says nothing is to be done where the node serves, and what stop would take down',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      await callAgent(sandbox, a, 'start');
      const start = await callForJson(sandbox, a, words('start'));
      expect(start).toMatchObject({ exitCode: 0, data: { steps: [] } });
      const stop = await callForJson(sandbox, a, words('stop'));
      expect((stop.data['steps'] as readonly { do: string }[]).map((step) => step.do)).toEqual([
        'delete-rule',
        'delete-route',
        'delete-route',
        'delete-address',
        'set-link',
        'detach',
        'let-back',
      ]);
      expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 0 });
    },
  );

  scenario('what stands in the way of a start is the answer', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const { exitCode, stderr } = await callCommand(sandbox, a, [...words('start'), '--ip', '10.2.0.99']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`eni_id ${eniId} and ip 10.2.0.99 disagree`);
  });

  scenario('an unprivileged user gets the same plan', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const asRoot = await callCommand(sandbox, a, words('start'));
    expect(await callCommand(sandbox, a, words('start'), { unprivileged: true })).toEqual(asRoot);
  });

  scenario('without permission it names the action that is missing', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await sandbox.setPermissions(a.instanceId, []);
    const { exitCode, data } = await callForJson(sandbox, a, words('start'));
    expect(exitCode).toBe(4);
    expect(data['error']).toMatchObject({ kind: 'permission' });
    expect(JSON.stringify(data)).toContain('ec2:DescribeNetworkInterfaces');
  });

  scenario(
    'without EC2 a stop is planned all the same, and what is not known is said',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      await callAgent(sandbox, a, 'start');
      await sandbox.setEndpoint('refused');
      const { exitCode, data } = await callForJson(sandbox, a, words('stop'));
      expect(exitCode).toBe(6);
      expect(data['unknown']).toMatch(/ECONNREFUSED/);
      expect(data['steps']).toHaveLength(5);
    },
  );

  scenario(
    'where no metadata service answers there is no plan of a start, and a reason',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      await sandbox.setImds(a.instanceId, 'refused');
      const { exitCode, stderr } = await callCommand(sandbox, a, words('start'));
      expect(exitCode).toBe(6);
      expect(stderr).toContain('asking the instance metadata service');
    },
  );

  scenario('a command line that is wrong is answered by what is wrong', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    for (const [line, said] of [
      [['plan', '--eni-id', eniId], 'which action? give start or stop'],
      [['plan', 'restart', '--eni-id', eniId], 'restart'],
      [['plan', 'start'], 'which ENI? give --eni-id or --ip'],
      [['plan', 'start', '--eni-id', 'eni-1'], '--eni-id: "eni-1" is no ENI id'],
      [
        ['plan', 'start', '--eni-id', eniId, '--routing-table-id', '254'],
        '--routing-table-id: 254 is a table of the system',
      ],
      [['plan', 'start', '--eni-idd', eniId], 'eni-idd'],
      [['plan', 'start', '--eni-id', eniId, '--timeout', 'soon'], '--timeout: "soon" is no duration'],
      [['plan', 'start', '--resource', 'service-eni'], "the cluster can't be asked for resource service-eni"],
    ] as const) {
      const { exitCode, stdout, stderr } = await callCommand(sandbox, a, line);
      expect({ line, exitCode, stdout }).toEqual({ line, exitCode: 2, stdout: '' });
      expect(stderr).toContain(said);
    }
    expect(await sandbox.requests()).toEqual([]);
  });
});

import { describe, expect } from 'vitest';
import { NODE_A, NODE_B, SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import { callAgent, cutShort } from './agent.ts';
import { expectBare, expectServing, holderOf, mutatingCalls, whoAnswers } from './expectations.ts';
import { readNetwork } from './node-network.ts';
import { scenario, scenarioIn } from './scenario.ts';

/** Rules, tables and routes of someone else, close to ours: same priority, same table, same device names to come. */
const foreign = [
  'ip rule add from 10.9.9.9 lookup 100 priority 100',
  'ip rule add from 10.2.0.10 fwmark 7 lookup 100 priority 100',
  'ip rule add from all to 192.168.0.0/16 lookup 77 priority 99',
  'ip route add 192.168.0.0/16 via 10.1.0.1 dev eth0 table 77',
  'ip route add 10.77.0.0/16 via 10.1.0.1 dev eth0 table 100',
  'ip address add 10.1.0.99/32 dev eth0',
].join(' && ');

describe('stop', () => {
  scenario(
    'leaves nothing, the ENI available, and everything else byte for byte as it was',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      expect(await a.exec('sh', ['-ec', foreign])).toMatchObject({ exitCode: 0 });
      const before = await readNetwork(a);
      expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
      await expectServing(sandbox, a);
      expect(await readNetwork(a)).not.toEqual(before);
      expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
      expect(named(await readNetwork(a))).toEqual(before);
      expect((await sandbox.world()).enis[SERVICE_ENI]?.attachment).toBeUndefined();
      expect((await a.exec('ls', ['/run/resource-agents'])).stdout).not.toContain('.json');
    },
  );

  scenario('twice', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
    await sandbox.resetRequests();
    expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
    expect(await mutatingCalls(sandbox)).toEqual([]);
    await expectBare(sandbox, a);
  });

  scenario('after the device vanished by itself', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    await sandbox.place(SERVICE_ENI, 'available');
    expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
    await expectBare(sandbox, a);
  });

  scenario('after another node took the ENI, which it keeps', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    expect(await callAgent(sandbox, b, 'start')).toMatchObject({ exitCode: 0 });
    expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
    await expectBare(sandbox, a);
    await expectServing(sandbox, b);
  });

  scenario('of a start that was cut short in the middle', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await sandbox.setLatencies({ attachMs: 2_500 });
    await cutShort(sandbox, a, 'start', async () => (await holderOf(sandbox)) === NODE_A);
    expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
    await expectBare(sandbox, a);
    expect(await holderOf(sandbox)).toBeUndefined();
  });

  scenario('without a state file and without metadata service', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    await a.exec('sh', ['-c', 'rm /run/resource-agents/*.json']);
    await sandbox.setImds(NODE_A, 'off');
    expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
    expect((await a.exec('ip', ['rule'])).stdout).not.toContain('lookup MYHA');
    expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('nobody');
  });

  scenario('without a state file', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    await a.exec('sh', ['-c', 'rm /run/resource-agents/*.json']);
    expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
    await expectBare(sandbox, a);
    expect(await holderOf(sandbox)).toBeUndefined();
  });

  scenario(
    'of a node that never had the ENI leaves a rule of someone else, which a probe does not mind',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      await a.exec('ip', ['rule', 'add', 'from', '10.9.9.9', 'lookup', '100', 'priority', '100']);
      await sandbox.setImds(NODE_A, 'refused');
      await sandbox.setEndpoint('refused');
      const before = await readNetwork(a);
      const call = { parameters: { eni_id: SERVICE_ENI, max_attempts: '1' } };
      expect(await callAgent(sandbox, a, 'monitor', call)).toMatchObject({ exitCode: 7, stderr: '' });
      expect(await callAgent(sandbox, a, 'stop', call)).toMatchObject({ exitCode: 0 });
      expect(await readNetwork(a)).toEqual(before);
    },
  );

  scenario(
    'with detach_on_stop=false leaves the ENI attached, its link down and bare',
    async ({ sandbox }) => {
      const { a, b } = sandbox.nodes;
      const call = { parameters: { eni_id: SERVICE_ENI, detach_on_stop: 'false' } };
      expect(await callAgent(sandbox, a, 'start', call)).toMatchObject({ exitCode: 0 });
      expect(await callAgent(sandbox, a, 'stop', call)).toMatchObject({ exitCode: 0 });
      expect(await holderOf(sandbox)).toBe(NODE_A);
      expect(await callAgent(sandbox, a, 'monitor', call)).toMatchObject({ exitCode: 7, stderr: '' });
      expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('nobody');
      expect(await callAgent(sandbox, b, 'start', call)).toMatchObject({ exitCode: 0 });
      await expectServing(sandbox, b);
    },
  );
});

describe('stop while EC2 can’t be reached', () => {
  scenario.for(['refused', 'unreachable', 'black-hole'] as const)(
    '%s: isolates, and the next start takes the ENI',
    async (reach, { sandbox }) => {
      const { a, b } = sandbox.nodes;
      const call = {
        parameters: { eni_id: SERVICE_ENI, connect_timeout: '300ms', max_attempts: '1' },
        timeoutMs: 30_000,
      };
      expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
      await sandbox.setEndpoint(reach);
      const stopped = await callAgent(sandbox, a, 'stop', call);
      expect(stopped).toMatchObject({
        exitCode: 0,
        stderr: expect.stringContaining('is isolated but may still be attached here'),
      });
      expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('nobody');
      expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 7 });
      await sandbox.setEndpoint('on');
      expect(await callAgent(sandbox, b, 'start')).toMatchObject({ exitCode: 0 });
      await expectServing(sandbox, b);
      await expectBare(sandbox, a, 'notices');
      expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
      await expectBare(sandbox, a);
    },
  );

  scenario(
    'with stop_fallback=fail says why it failed, with the service off the node',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      const parameters = { eni_id: SERVICE_ENI, stop_fallback: 'fail', max_attempts: '1' };
      expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
      await sandbox.setEndpoint('refused');
      const { exitCode, reason } = await callAgent(sandbox, a, 'stop', { parameters, timeoutMs: 5_000 });
      expect(exitCode).toBe(1);
      expect(reason).toContain(SERVICE_ENI);
      expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('nobody');
    },
  );
});

scenarioIn({})('stop does not take an ENI from the node that holds it', async ({ sandbox }) => {
  const { a, b } = sandbox.nodes;
  expect(await callAgent(sandbox, b, 'start')).toMatchObject({ exitCode: 0 });
  expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
  expect(await holderOf(sandbox)).toBe(NODE_B);
  await expectServing(sandbox, b);
});

/** The table has a name now; the rules and routes that were there go by it. */
function named<T extends object>(network: T): T {
  const text = JSON.stringify(network)
    .replaceAll('lookup MYHA', 'lookup 100')
    .replaceAll('table MYHA', 'table 100');
  return JSON.parse(text) as T;
}

import { expect } from 'vitest';
import type { SandboxNode } from '../sandbox/sandbox.ts';
import { callAgent } from './agent.ts';
import { whoAnswers } from './expectations.ts';
import { deviceOf } from './node-network.ts';
import { scenario, scenarioIn } from './scenario.ts';

/** What the node itself sends: to its metadata service, to EC2, to the other node. */
async function expectOwnTraffic(node: SandboxNode): Promise<void> {
  const token = [
    '-sf',
    '-m',
    '2',
    '-X',
    'PUT',
    '-H',
    'X-aws-ec2-metadata-token-ttl-seconds: 60',
    'http://169.254.169.254/latest/api/token',
  ];
  expect(await node.exec('curl', token)).toMatchObject({ exitCode: 0 });
  expect((await node.exec('curl', ['-s', '-m', '2', 'http://10.1.0.1:8773/'])).stdout).toContain('Response');
  const way = async (to: string): Promise<string> => (await node.exec('ip', ['route', 'get', to])).stdout;
  for (const to of ['169.254.169.254', '10.1.0.1', '10.3.0.100', '10.2.0.1']) {
    expect(await way(to), `way to ${to}`).toMatch(/dev eth0 src 10\.1\.0\.1[12]/);
  }
}

scenario('the node’s own traffic keeps its way before, during and after', async ({ sandbox }) => {
  const { a } = sandbox.nodes;
  await expectOwnTraffic(a);
  expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
  await expectOwnTraffic(a);
  expect(await whoAnswers(sandbox, a, '10.1.0.11')).toBe('node-a');
  expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('node-a');
  expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
  await expectOwnTraffic(a);
});

scenarioIn({ rpFilter: 0 })(
  'without the rule replies leave by the wrong interface, and the router drops them',
  async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('node-a');
    await a.exec('ip', ['rule', 'delete', 'priority', '100']);
    expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('nobody');
    const drops = Object.values(await sandbox.drops()).reduce((sum, count) => sum + count, 0);
    expect(drops).toBeGreaterThan(0);
  },
);

scenarioIn({ rpFilter: 1 })(
  'replies pass the strictest reverse path filter of the node',
  async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    const device = await deviceOf(a, '02:d4:e5:f6:07:18');
    const { stdout } = await a.exec('cat', [`/proc/sys/net/ipv4/conf/${device}/rp_filter`]);
    expect(stdout).toBe('1');
    expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('node-a');
  },
);

scenario('rule_from=subnet serves as well', async ({ sandbox }) => {
  const { a } = sandbox.nodes;
  const call = { parameters: { ip: '10.2.0.10', rule_from: 'subnet' } };
  expect(await callAgent(sandbox, a, 'start', call)).toMatchObject({ exitCode: 0 });
  expect((await a.exec('ip', ['rule'])).stdout).toContain('from 10.2.0.0/24 lookup MYHA');
  expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('node-a');
  await expectOwnTraffic(a);
});

scenario(
  'manage_addresses=false waits for the addresses that the distribution puts there',
  async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const call = { parameters: { ip: '10.2.0.10', manage_addresses: 'false' } };
    const starting = callAgent(sandbox, a, 'start', call);
    const waitForDevice =
      'until ip -o link | grep -q "02:d4:e5:f6:07:18.*"; do sleep 0.05; done; ip -o link | grep 02:d4:e5:f6:07:18 | cut -d: -f2 | cut -d@ -f1';
    const device = (await a.exec('sh', ['-c', waitForDevice])).stdout.trim();
    await a.exec('ip', ['address', 'add', '10.2.0.10/24', 'dev', device, 'noprefixroute']);
    expect(await starting).toMatchObject({ exitCode: 0 });
    expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('node-a');
  },
);

import { describe, expect } from 'vitest';
import type { Started } from '../sandbox/machines/machine-shell.ts';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { NODE_A, SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import type { Answer, Call } from './agent.ts';
import { beginAction, callAgent } from './agent.ts';
import { expectServing, mutatingCalls } from './expectations.ts';
import { deviceOf, readNetwork } from './node-network.ts';
import { scenario } from './scenario.ts';

const MAC = '02:d4:e5:f6:07:18';
const monitor = (sandbox: Sandbox, node: SandboxNode, call?: Call): Promise<Answer> =>
  callAgent(sandbox, node, 'monitor', call);
const atLevel = (level: number): Call => ({ environment: { OCF_CHECK_LEVEL: String(level) } });

const noRepair: Call = { parameters: { eni_id: SERVICE_ENI, repair: 'false' } };
const probe: Call = { environment: { OCF_RESKEY_CRM_meta_interval: '0' } };
/** As crm_resource calls it, which names neither operation nor interval. */
const byHand: Call = {
  environment: { OCF_RESKEY_CRM_meta_name: '', OCF_RESKEY_CRM_meta_interval: '' },
};
const stoppedRole: Call = { environment: { OCF_RESKEY_CRM_meta_role: 'Stopped' } };

async function started(sandbox: Sandbox): Promise<SandboxNode> {
  const { a } = sandbox.nodes;
  expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
  return a;
}

/** Takes the rule away, and has a start under way that would put it back and waits for EC2, with the lock. */
async function beginHeldRepair(sandbox: Sandbox, node: SandboxNode): Promise<Started> {
  await node.exec('ip', ['rule', 'delete', 'priority', '100']);
  await sandbox.fault({
    match: { service: 'ec2', action: 'DescribeNetworkInterfaces' },
    times: 1,
    do: 'hold-before',
  });
  const start = await beginAction(sandbox, node, 'start');
  await sandbox.held();
  return start;
}

describe('monitor', () => {
  scenario('asks neither EC2 nor the metadata service while the service is healthy', async ({ sandbox }) => {
    const a = await started(sandbox);
    await sandbox.resetRequests();
    expect(await monitor(sandbox, a)).toEqual({ exitCode: 0, reason: '', stdout: '', stderr: '' });
    expect(await callAgent(sandbox, a, 'status')).toMatchObject({ exitCode: 0 });
    expect(await sandbox.requests()).toEqual([]);
  });

  scenario('starts one ip and nothing else', async ({ sandbox }) => {
    const a = await started(sandbox);
    const count = [
      'd=$(mktemp -d)',
      'for p in ip sh cat flock logger; do',
      '  printf "#!/bin/sh\\necho $p >> $d/called\\nexec $(command -v $p) \\"\\$@\\"\\n" > $d/$p; chmod +x $d/$p',
      'done',
      'PATH=$d:$PATH "$0" monitor; echo "rc $?"; /bin/cat $d/called; rm -r $d',
    ].join('\n');
    const { executable } = await import('./agent.ts');
    const env = {
      ...sandbox.environment(a),
      OCF_RESOURCE_INSTANCE: 'service-eni',
      OCF_RESKEY_eni_id: SERVICE_ENI,
      OCF_RESKEY_CRM_meta_interval: '20000',
    };
    expect((await a.exec('sh', ['-c', count, executable], { env })).stdout.split('\n')).toEqual([
      'rc 0',
      'ip',
    ]);
  });

  const parts: Readonly<Record<string, readonly [command: (device: string) => string, missing: string]>> = {
    'the rule': [() => 'ip rule delete priority 100', 'missing rule 100: from 10.2.0.10/32 lookup 100'],
    'the address': [
      (device) => `ip address delete 10.2.0.10/24 dev ${device}`,
      'missing address 10.2.0.10/24',
    ],
    'the default route': [() => 'ip route delete default table 100', 'missing route 0.0.0.0/0 via 10.2.0.1'],
    'the link’s own route': [() => 'ip route delete 10.2.0.0/24 table 100', 'missing route 10.2.0.0/24'],
    'the whole table': [
      () => 'ip route flush table 100',
      'missing route 10.2.0.0/24, route 0.0.0.0/0 via 10.2.0.1',
    ],
    'the link': [(device) => `ip link set ${device} down`, 'missing link '],
    'all but the rule': [
      (device) => `ip address flush dev ${device}; ip route flush table 100; ip link set ${device} down`,
      'there rule 100',
    ],
    'all but the link': [
      (device) => `ip address flush dev ${device}; ip route flush table 100; ip rule delete priority 100`,
      'there link',
    ],
  };
  for (const [name, [command, missing]] of Object.entries(parts)) {
    scenario(`puts back ${name}, unless it is only asked or repair=false`, async ({ sandbox }) => {
      const a = await started(sandbox);
      const device = await deviceOf(a, MAC);
      await sandbox.resetRequests();
      await a.exec('sh', ['-c', command(device)]);
      const damaged = await readNetwork(a);
      for (const call of [noRepair, probe, byHand, stoppedRole]) {
        expect(await monitor(sandbox, a, call)).toMatchObject({
          exitCode: 1,
          reason: expect.stringContaining(missing),
        });
      }
      expect(await callAgent(sandbox, a, 'status')).toMatchObject({ exitCode: 1 });
      expect(await readNetwork(a)).toEqual(damaged);
      expect(await monitor(sandbox, a)).toMatchObject({
        exitCode: 190,
        reason: '',
        stderr: expect.stringContaining('put back'),
      });
      expect(await monitor(sandbox, a)).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await sandbox.requests()).toEqual([]);
      await expectServing(sandbox, a);
    });
  }

  scenario('reports 1 with no device but a rule, and nothing to repair', async ({ sandbox }) => {
    const a = await started(sandbox);
    await sandbox.place(SERVICE_ENI, 'available');
    for (const call of [undefined, noRepair]) {
      expect(await monitor(sandbox, a, call)).toMatchObject({
        exitCode: 1,
        reason: expect.stringContaining(`missing device with MAC ${MAC}`),
      });
    }
  });

  scenario('a start under way has the lock: what it does is not done twice', async ({ sandbox }) => {
    const a = await started(sandbox);
    const { running } = await beginHeldRepair(sandbox, a);
    const monitored = monitor(sandbox, a);
    // It has seen what is missing, and waits for the lock.
    const waits = 'ps -A -o args= | grep -q "^flock .*--wait"';
    await expect.poll(async () => (await a.exec('sh', ['-c', waits])).exitCode, { timeout: 20_000 }).toBe(0);
    expect((await a.exec('ip', ['rule'])).stdout).not.toContain('MYHA');
    await sandbox.release();
    expect(await running).toMatchObject({ exitCode: 0 });
    expect(await monitored).toMatchObject({ exitCode: 0, reason: '', stderr: '' });
  });

  scenario('a lock that is held to the end of its time is told with what is missing', async ({ sandbox }) => {
    const a = await started(sandbox);
    const { running, killGroup } = await beginHeldRepair(sandbox, a);
    expect(await monitor(sandbox, a, { timeoutMs: 3_000 })).toMatchObject({
      exitCode: 1,
      reason: expect.stringMatching(/missing rule 100.*could not be put back: could not get the lock/),
    });
    killGroup();
    await running;
    await sandbox.release();
    expect(await monitor(sandbox, a)).toMatchObject({ exitCode: 190 });
  });

  scenario('what is taken away as fast as it is put back fails it', async ({ sandbox }) => {
    const a = await started(sandbox);
    const thief = await a.spawn('sh', ['-c', 'while :; do ip rule delete priority 100 2>/dev/null; done']);
    try {
      await expect
        .poll(async () => (await monitor(sandbox, a)).reason, { timeout: 20_000 })
        .toMatch(/was put back and is gone again at once; find out what takes it away/);
    } finally {
      thief.killGroup();
      await thief.running;
    }
    expect(await monitor(sandbox, a)).toMatchObject({ exitCode: 190 });
  });

  scenario('each repair is counted, and nothing else is written', async ({ sandbox }) => {
    const a = await started(sandbox);
    const files = async (): Promise<string> =>
      (await a.exec('sh', ['-c', 'cd /var/lib/aws-eni/history && ls && cat *'])).stdout;
    const before = await files();
    expect(await monitor(sandbox, a)).toMatchObject({ exitCode: 0 });
    expect(await files()).toBe(before);
    await a.exec('sh', ['-c', 'ip rule delete priority 100']);
    expect(await monitor(sandbox, a)).toMatchObject({ exitCode: 190 });
    await a.exec('sh', ['-c', 'ip route delete default table 100']);
    expect(await monitor(sandbox, a)).toMatchObject({ exitCode: 190 });
    const repairs = (await a.exec('cat', ['/var/lib/aws-eni/history/aws-eni-service-eni+repairs.jsonl']))
      .stdout;
    expect(repairs.split('\n').map((line) => JSON.parse(line).missing)).toEqual([
      ['rule 100: from 10.2.0.10/32 lookup 100'],
      ['route 0.0.0.0/0 via 10.2.0.1'],
    ]);
  });

  scenario('reports 7 for an ENI that is attached, down and bare', async ({ sandbox }) => {
    const a = await started(sandbox);
    const device = await deviceOf(a, MAC);
    await a.exec('sh', [
      '-c',
      `ip rule delete priority 100; ip address flush dev ${device}; ip link set ${device} down`,
    ]);
    for (const call of [probe, byHand, noRepair])
      expect(await monitor(sandbox, a, call)).toMatchObject({ exitCode: 7, stderr: '' });
    // The cluster has it run here.
    expect(await monitor(sandbox, a)).toMatchObject({ exitCode: 190 });
    expect(await monitor(sandbox, a)).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('reload', () => {
  for (const action of ['reload-agent', 'reload']) {
    scenario(`${action} moves the rule to its new priority, and asks nobody`, async ({ sandbox }) => {
      const a = await started(sandbox);
      const call = { parameters: { eni_id: SERVICE_ENI, rule_priority: '200' } };
      await sandbox.resetRequests();
      expect(await callAgent(sandbox, a, action, call)).toMatchObject({ exitCode: 0, stderr: '' });
      const { stdout } = await a.exec('ip', ['rule']);
      expect(stdout).toMatch(/^200:\s+from 10\.2\.0\.10 lookup MYHA/m);
      expect(stdout).not.toMatch(/^100:/m);
      expect(await monitor(sandbox, a, call)).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await sandbox.requests()).toEqual([]);
      expect(await callAgent(sandbox, a, 'stop', call)).toMatchObject({ exitCode: 0 });
      expect((await a.exec('ip', ['rule'])).stdout).not.toContain('MYHA');
    });

    scenario(`${action} of what does not run here says so`, async ({ sandbox }) => {
      const refused = await callAgent(sandbox, sandbox.nodes.a, action);
      expect(refused).toMatchObject({ exitCode: 1, reason: expect.stringContaining('does not run here') });
    });
  }
});

describe('a second resource of the same ENI', () => {
  for (const [what, parameters] of [
    [
      'by its address, with a table of its own',
      { ip: '10.2.0.10', routing_table: 'OTHER', routing_table_id: '101' },
    ],
    ['with the same parameters', { eni_id: SERVICE_ENI }],
  ] as const) {
    scenario(`${what}: neither its probe nor its stop touches the first`, async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      await callAgent(sandbox, a, 'start');
      const second = { parameters, environment: { OCF_RESOURCE_INSTANCE: 'second' } };
      const asProbe = { ...second, environment: { ...second.environment, ...probe.environment } };
      expect(await callAgent(sandbox, a, 'monitor', asProbe)).toMatchObject({ exitCode: 7, reason: '' });
      const { exitCode, stderr } = await callAgent(sandbox, a, 'stop', second);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 0,
        stderr: expect.stringContaining('is left as it is: resource service-eni has started it here'),
      });
      await expectServing(sandbox, a);
      expect(await mutatingCalls(sandbox)).toEqual(['AttachNetworkInterface']);
      // Who names no resource means the one that there is.
      const unnamed = { ...byHand, environment: { ...byHand.environment, OCF_RESOURCE_INSTANCE: '' } };
      expect(await callAgent(sandbox, a, 'monitor', unnamed)).toMatchObject({ exitCode: 0 });
      // What the second one has left by itself goes.
      const rule = 'ip rule add from 10.2.0.10 lookup 101 priority 100 protocol kernel';
      if ('ip' in parameters) {
        await a.exec('sh', ['-c', rule]);
        expect(await callAgent(sandbox, a, 'monitor', asProbe)).toMatchObject({ exitCode: 1 });
        await callAgent(sandbox, a, 'stop', second);
        expect(await callAgent(sandbox, a, 'monitor', asProbe)).toMatchObject({ exitCode: 7 });
        await expectServing(sandbox, a);
      }
    });
  }
});

describe('a probe', () => {
  scenario('of a node that never had the ENI is 7 without a word', async ({ sandbox }) => {
    for (const imds of ['on', 'off', 'refused', 'black-hole'] as const) {
      await sandbox.setImds(NODE_A, imds);
      expect(await monitor(sandbox, sandbox.nodes.a), imds).toEqual({
        exitCode: 7,
        reason: '',
        stdout: '',
        stderr: '',
      });
    }
    expect((await sandbox.requests()).filter(({ service }) => service === 'ec2')).toEqual([]);
  });

  for (const parameters of [{ eni_id: SERVICE_ENI }, { ip: '10.2.0.10' }] as const) {
    const given = Object.keys(parameters).join();
    scenario(`of a node that serves is 0 with ${given}, without the state file too`, async ({ sandbox }) => {
      const a = await started(sandbox);
      await a.exec('sh', ['-c', 'rm /run/resource-agents/*.json']);
      expect(await monitor(sandbox, a, { parameters })).toMatchObject({ exitCode: 0, stderr: '' });
    });
  }

  scenario(
    'without state file and metadata service goes by what start left in the kernel',
    async ({ sandbox }) => {
      const a = await started(sandbox);
      await a.exec('sh', ['-c', 'rm /run/resource-agents/*.json']);
      await sandbox.setImds(NODE_A, 'refused');
      expect(await monitor(sandbox, a, { parameters: { ip: '10.2.0.10' } })).toMatchObject({ exitCode: 0 });
      expect(await monitor(sandbox, a)).toMatchObject({ exitCode: 0 });
    },
  );
});

describe('check levels', () => {
  scenario('10 asks EC2, and believes its no only when it lasts', async ({ sandbox }) => {
    const a = await started(sandbox);
    await sandbox.resetRequests();
    expect(await monitor(sandbox, a, atLevel(10))).toMatchObject({ exitCode: 0, stderr: '' });
    const names = (await sandbox.requests())
      .filter(({ service }) => service === 'ec2')
      .map(({ name }) => name);
    expect(names).toEqual(['DescribeNetworkInterfaces']);
    const nothing = {
      match: { service: 'ec2', action: 'DescribeNetworkInterfaces' },
      do: { body: nothingDescribed },
    } as const;
    await sandbox.fault({ ...nothing, times: 1 });
    expect(await monitor(sandbox, a, atLevel(10))).toMatchObject({ exitCode: 0, stderr: '' });
    await sandbox.fault(nothing);
    expect(await monitor(sandbox, a, atLevel(10))).toMatchObject({
      exitCode: 1,
      reason: expect.stringContaining('EC2 knows no such ENI any more'),
    });
  });

  scenario('10 takes silence for no answer', async ({ sandbox }) => {
    const a = await started(sandbox);
    await sandbox.setEndpoint('refused');
    expect(await monitor(sandbox, a, atLevel(10))).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('could not confirm'),
    });
    await sandbox.setImds(NODE_A, 'refused');
    expect(await monitor(sandbox, a, atLevel(10))).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('could not confirm'),
    });
  });

  scenario('20 also wants the router to answer on the ENI’s link', async ({ sandbox }) => {
    const a = await started(sandbox);
    expect(await monitor(sandbox, a, atLevel(20))).toMatchObject({ exitCode: 0, stderr: '' });
    // A router that is not there: nobody answers for its address.
    const elsewhere = { parameters: { eni_id: SERVICE_ENI, router: '10.2.0.77' } };
    expect(await callAgent(sandbox, a, 'reload-agent', elsewhere)).toMatchObject({ exitCode: 0 });
    expect(await monitor(sandbox, a, { ...elsewhere, ...atLevel(20) })).toMatchObject({
      exitCode: 1,
      reason: expect.stringContaining('router 10.2.0.77 does not answer'),
    });
    expect(await monitor(sandbox, a, { ...elsewhere, ...atLevel(10) })).toMatchObject({ exitCode: 0 });
  });
});

const nothingDescribed =
  '<?xml version="1.0" encoding="UTF-8"?><DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><networkInterfaceSet/></DescribeNetworkInterfacesResponse>';

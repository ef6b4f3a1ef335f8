import { describe, expect } from 'vitest';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import type { Call } from './agent.ts';
import { callAgent, cutShort, quick } from './agent.ts';
import { expectBare, expectServing, holderOf, mutatingCalls, whoAnswers } from './expectations.ts';
import { deviceOf } from './node-network.ts';
import { scenario, scenarioIn } from './scenario.ts';

async function start(sandbox: Sandbox, node: SandboxNode, call?: Call): Promise<void> {
  const { exitCode, stderr } = await callAgent(sandbox, node, 'start', call);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
}

describe('start takes the ENI', () => {
  scenario('that is free', async ({ sandbox }) => {
    await start(sandbox, sandbox.nodes.a);
    await expectServing(sandbox, sandbox.nodes.a);
  });

  scenario('found by its address', async ({ sandbox }) => {
    await start(sandbox, sandbox.nodes.a, { parameters: { ip: '10.2.0.10' } });
    await expectServing(sandbox, sandbox.nodes.a);
  });

  scenarioIn({ namesakes: [{ id: 'eni-0f1b2c3d4e5f60719', ipv4: ['10.2.0.10'] }] })(
    'found by an address that is in use in another VPC, too',
    async ({ sandbox }) => {
      const { a, b } = sandbox.nodes;
      const parameters = { ip: '10.2.0.10' };
      await start(sandbox, a, { parameters });
      await start(sandbox, b, { parameters });
      await expectServing(sandbox, b);
      const environment = { OCF_CHECK_LEVEL: '10' };
      expect(await callAgent(sandbox, b, 'monitor', { parameters, environment })).toMatchObject({
        exitCode: 0,
        stderr: '',
      });
      expect(await callAgent(sandbox, b, 'stop', { parameters })).toMatchObject({ exitCode: 0 });
      expect(await holderOf(sandbox)).toBeUndefined();
    },
  );

  scenario('by an EC2 that answers in pages, the first of them empty', async ({ sandbox }) => {
    await sandbox.setPaging(true);
    await start(sandbox, sandbox.nodes.a);
    await start(sandbox, sandbox.nodes.b);
    await expectServing(sandbox, sandbox.nodes.b);
  });

  scenario('found by its id, with an address of it', async ({ sandbox }) => {
    await start(sandbox, sandbox.nodes.a, { parameters: { eni_id: SERVICE_ENI, ip: '10.2.0.10' } });
    await expectServing(sandbox, sandbox.nodes.a);
  });

  scenario('that a running instance holds', async ({ sandbox }) => {
    await start(sandbox, sandbox.nodes.a);
    await start(sandbox, sandbox.nodes.b);
    await expectServing(sandbox, sandbox.nodes.b);
  });

  scenario('that a stopped instance holds, by force at once', async ({ sandbox }) => {
    await start(sandbox, sandbox.nodes.a);
    await sandbox.powerOff(NODE_A);
    await start(sandbox, sandbox.nodes.b, { parameters: { eni_id: SERVICE_ENI, force_after: '1h' } });
    await expectServing(sandbox, sandbox.nodes.b);
    // A stopped instance keeps what is attached to it until somebody takes it.
    await sandbox.boot(NODE_A);
    await expectBare(sandbox, sandbox.nodes.a);
  });

  scenario('that a terminated instance had', async ({ sandbox }) => {
    await start(sandbox, sandbox.nodes.a);
    await sandbox.terminate(NODE_A);
    await start(sandbox, sandbox.nodes.b);
    await expectServing(sandbox, sandbox.nodes.b);
  });

  scenario(
    'that an instance which hangs does not let go of, by force after force_after',
    async ({ sandbox }) => {
      await start(sandbox, sandbox.nodes.a);
      await sandbox.hang(NODE_A);
      await start(sandbox, sandbox.nodes.b, { parameters: { eni_id: SERVICE_ENI, force_after: '1s' } });
      await expectServing(sandbox, sandbox.nodes.b);
    },
  );

  scenario('that is attached here, and leaves EC2 as it is', async ({ sandbox }) => {
    await sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
    await start(sandbox, sandbox.nodes.a);
    await expectServing(sandbox, sandbox.nodes.a);
    expect(await mutatingCalls(sandbox)).toEqual([]);
  });

  scenario('that is being attached here by a start that was cut short', async ({ sandbox }) => {
    const status = async (): Promise<string | undefined> =>
      (await sandbox.world()).enis[SERVICE_ENI]?.attachment?.status;
    await sandbox.setLatencies({ attachMs: 3_000 });
    await cutShort(sandbox, sandbox.nodes.a, 'start', async () => (await status()) === 'attaching');
    expect(await status()).toBe('attaching');
    await start(sandbox, sandbox.nodes.a);
    await expectServing(sandbox, sandbox.nodes.a);
    expect(await mutatingCalls(sandbox)).toEqual(['AttachNetworkInterface']);
  });

  scenario('that is being detached by a start that was cut short', async ({ sandbox }) => {
    const status = async (): Promise<string | undefined> =>
      (await sandbox.world()).enis[SERVICE_ENI]?.attachment?.status;
    await sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
    await sandbox.setLatencies({ detachMs: 3_000 });
    await cutShort(sandbox, sandbox.nodes.b, 'start', async () => (await status()) === 'detaching');
    expect(await status()).toBe('detaching');
    await start(sandbox, sandbox.nodes.b);
    await expectServing(sandbox, sandbox.nodes.b);
  });

  scenario('twice in a row, the second time without a single request', async ({ sandbox }) => {
    await start(sandbox, sandbox.nodes.a);
    await sandbox.resetRequests();
    await start(sandbox, sandbox.nodes.a);
    expect(await sandbox.requests()).toEqual([]);
    await expectServing(sandbox, sandbox.nodes.a);
  });

  scenario('at the device index that is asked for', async ({ sandbox }) => {
    await start(sandbox, sandbox.nodes.a, { parameters: { eni_id: SERVICE_ENI, device_index: '4' } });
    expect((await sandbox.world()).enis[SERVICE_ENI]?.attachment?.deviceIndex).toBe(4);
    await expectServing(sandbox, sandbox.nodes.a);
  });

  scenario('again after a detach by force has left an index unusable', async ({ sandbox }) => {
    await start(sandbox, sandbox.nodes.a);
    await sandbox.hang(NODE_A);
    await start(sandbox, sandbox.nodes.b, { parameters: { eni_id: SERVICE_ENI, detach_mode: 'force' } });
    await sandbox.unhang(NODE_A);
    await start(sandbox, sandbox.nodes.a);
    await expectServing(sandbox, sandbox.nodes.a);
  });
});

const other = 'eni-0b1b2c3d4e5f60719';
const twoEnis = scenarioIn({ moreEnis: [{ id: other, ipv4: ['10.2.0.20'] }] });

describe('with another ENI', () => {
  twoEnis('at the next device index, when the first is taken', async ({ sandbox }) => {
    await sandbox.place(other, { attachedTo: NODE_A, deviceIndex: 1 });
    await start(sandbox, sandbox.nodes.a);
    expect((await sandbox.world()).enis[SERVICE_ENI]?.attachment?.deviceIndex).toBe(2);
    await expectServing(sandbox, sandbox.nodes.a);
  });

  twoEnis('two resources that start at the same moment both end up right', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const second = {
      parameters: { eni_id: other, routing_table: 'MYHA2', routing_table_id: '101' },
      environment: { OCF_RESOURCE_INSTANCE: 'second-eni' },
    };
    const [one, two] = await Promise.all([
      callAgent(sandbox, a, 'start'),
      callAgent(sandbox, a, 'start', second),
    ]);
    expect([one.exitCode, two.exitCode], one.stderr + two.stderr).toEqual([0, 0]);
    await expectServing(sandbox, a);
    expect(await callAgent(sandbox, a, 'monitor', second)).toMatchObject({ exitCode: 0 });
    expect(await whoAnswers(sandbox, a, '10.2.0.20')).toBe('node-a');
    expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
    expect(await callAgent(sandbox, a, 'monitor', second)).toMatchObject({ exitCode: 0 });
    expect(await whoAnswers(sandbox, a, '10.2.0.20')).toBe('node-a');
  });
});

const twoAddresses = scenarioIn({ service: { ipv4: ['10.2.0.10', '10.2.0.11'], ipv6: ['fd00:2::10'] } });

twoAddresses('start serves every address of the ENI, of both IP versions', async ({ sandbox }) => {
  const { a } = sandbox.nodes;
  await start(sandbox, a);
  for (const address of ['10.2.0.10', '10.2.0.11', 'fd00:2::10']) {
    expect(await whoAnswers(sandbox, a, address), address).toBe('node-a');
  }
  expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
  await expectBare(sandbox, a);
});

describe('a device whose name changes', () => {
  scenarioIn({ rename: 'always' })('while it is configured, each time it comes', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const mac = (await sandbox.world()).enis[SERVICE_ENI]?.mac ?? '';
    const names = new Set<string>();
    for (let times = 0; times < 3; times += 1) {
      await start(sandbox, a);
      await expectServing(sandbox, a);
      names.add(await deviceOf(a, mac));
      expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
    }
    expect(names.size).toBeGreaterThan(1);
  });
});

describe("the node's /etc/iproute2", () => {
  for (const form of ['vendor-only', 'etc', 'declared'] as const) {
    scenario(`${form}: the table has its name, and the vendor's file stays in force`, async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      await sandbox.setIproute2(NODE_A, form);
      const before = await a.exec('sh', [
        '-c',
        'cat /usr/share/iproute2/rt_tables /etc/iproute2/rt_tables 2>/dev/null',
      ]);
      await start(sandbox, a);
      const after = await a.exec('sh', [
        '-c',
        'cat /usr/share/iproute2/rt_tables /etc/iproute2/rt_tables 2>/dev/null',
      ]);
      expect(after.stdout).toBe(before.stdout);
      const { stdout } = await a.exec('sh', [
        '-c',
        'cat /etc/iproute2/rt_tables /etc/iproute2/rt_tables.d/*.conf 2>/dev/null',
      ]);
      expect(stdout.match(/^100\s+MYHA$/gm)).toHaveLength(1);
      await expectServing(sandbox, a);
    });
  }

  scenario(
    'a table that gets another number or name takes its own declaration along',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      const declared = async (): Promise<readonly string[]> =>
        (await a.exec('sh', ['-c', 'grep -h "^[0-9]" /etc/iproute2/rt_tables.d/aws-eni-*'])).stdout.split(
          '\n',
        );
      const started = async (parameters: Readonly<Record<string, string>>): Promise<void> => {
        const call = { parameters: { eni_id: SERVICE_ENI, ...parameters } };
        expect(await callAgent(sandbox, a, 'start', call)).toMatchObject({ exitCode: 0, reason: '' });
        expect(await callAgent(sandbox, a, 'monitor', call)).toMatchObject({ exitCode: 0, stderr: '' });
      };
      await started({});
      expect(await declared()).toEqual(['100\tMYHA']);
      // A start that follows no stop.
      await a.exec('sh', ['-c', 'cp -a /etc/iproute2/rt_tables.d /run/kept']);
      await callAgent(sandbox, a, 'stop');
      expect(await declared()).toEqual(['']);
      await a.exec('sh', ['-c', 'cp -a /run/kept/. /etc/iproute2/rt_tables.d']);
      await started({ routing_table_id: '150' });
      expect(await declared()).toEqual(['150\tMYHA']);
      const renamed = { eni_id: SERVICE_ENI, routing_table_id: '150', routing_table: 'OTHER' };
      expect(await callAgent(sandbox, a, 'reload', { parameters: renamed })).toMatchObject({ exitCode: 0 });
      expect(await declared()).toEqual(['150\tOTHER']);
      const { stdout } = await a.exec('ip', ['rule', 'show']);
      expect(stdout).toMatch(/from 10\.2\.0\.10 lookup OTHER/);
    },
  );

  scenario(
    'conflict: a name that has another number is refused, and nothing is changed',
    async ({ sandbox }) => {
      await start(sandbox, sandbox.nodes.b);
      await sandbox.resetRequests();
      await sandbox.setIproute2(NODE_A, 'conflict');
      const { exitCode, reason } = await callAgent(sandbox, sandbox.nodes.a, 'start');
      expect(exitCode).toBe(2);
      expect(reason).toContain(
        'routing_table MYHA is table 200 on this node, not 100; set routing_table_id=200',
      );
      expect(await mutatingCalls(sandbox)).toEqual([]);
      expect(await holderOf(sandbox)).toBe(NODE_B);
    },
  );
});

scenarioIn({ latencies: { ...quick, deviceMs: 1_500 } })(
  'the device may come later than EC2 says',
  async ({ sandbox }) => {
    await start(sandbox, sandbox.nodes.a);
    await expectServing(sandbox, sandbox.nodes.a);
  },
);

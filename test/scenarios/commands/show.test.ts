import { createInterface } from 'node:readline';
import { describe, expect } from 'vitest';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import { beginAction, callAgent, eniId, executable } from '../agent.ts';
import { onNodeOf } from '../confined.ts';
import { mutatingCalls } from '../expectations.ts';
import { scenario, scenarioIn } from '../scenario.ts';
import { callCommand, callForJson, tooLong } from './call-command.ts';

const SHOW = ['show', '--eni-id', eniId] as const;

/** The words of each line that begins with a name, or goes on below one. */
function lineOf(stdout: string, about: string): string {
  return stdout.split('\n').find((line) => line.startsWith(about)) ?? '';
}

const NAMESAKE = 'eni-0f1b2c3d4e5f60719';
scenarioIn({ namesakes: [{ id: NAMESAKE, ipv4: ['10.2.0.10'] }] })(
  'each command takes an address for that of this VPC’s ENI',
  async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    for (const words of [['show'], ['plan', 'start'], ['doctor'], ['move', '--dry-run']]) {
      const answer = await callCommand(sandbox, b, [...words, '--ip', '10.2.0.10']);
      expect({ words, ...answer }).toMatchObject({ words, stdout: expect.stringContaining(eniId) });
      expect(answer.stdout + answer.stderr).not.toMatch(new RegExp(`several ENIs|${NAMESAKE}`));
    }
  },
);

describe.concurrent('show', () => {
  scenario('a node that serves, and one that does not, are as they should be', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    await sandbox.resetRequests();
    const here = await callCommand(sandbox, a, SHOW);
    expect(here).toMatchObject({ exitCode: 0, stderr: '' });
    expect(here.stdout).toContain(`${eniId} (10.2.0.10): held by this node, and served`);
    expect(here.stdout.match(/ ok /g)).toHaveLength(6);
    expect(tooLong(here.stdout)).toEqual([]);
    const there = await callForJson(sandbox, b, SHOW);
    expect({ exitCode: there.exitCode, ...there.data }).toMatchObject({
      exitCode: 0,
      shouldServe: false,
      stage: `held by ${a.instanceId}`,
      eni: { holder: a.instanceId, attachmentStatus: 'attached', deviceIndex: 1, addresses: ['10.2.0.10'] },
    });
    expect(await mutatingCalls(sandbox)).toEqual([]);
  });

  scenario('each part that is not as it should be stands out by its word', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    for (const [damage, about, status] of [
      ['ip rule del priority 100', 'rule', 'missing'],
      ['ip route del default table 100', 'route', 'missing'],
      ['ip address flush dev eth1', 'address', 'missing'],
      ['ip link set eth1 down', 'device', 'missing'],
      ['ip route add default via 10.1.0.1 dev eth0 table 100', 'route', 'wrong'],
    ] as const) {
      await a.exec('sh', ['-ec', damage]);
      const { exitCode, data } = await callForJson(sandbox, a, SHOW);
      expect(exitCode).toBe(1);
      expect(data['findings']).toContainEqual(expect.objectContaining({ about, status }));
    }
    const { stdout } = await callCommand(sandbox, a, SHOW);
    expect(lineOf(stdout, 'Device')).toMatch(/^Device +MISSING +eth1, 02:d4:e5:f6:07:18, down, MTU 9001$/);
  });

  scenario('what is left over on a node that should not serve is told', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    await a.exec('ip', ['link', 'set', 'eth1', 'down']);
    await sandbox.place(SERVICE_ENI, { attachedTo: b.instanceId, deviceIndex: 1 });
    const { exitCode, data } = await callForJson(sandbox, a, SHOW);
    expect({ exitCode, ...data }).toMatchObject({ exitCode: 1, shouldServe: false });
    expect(data['findings']).toEqual([
      expect.objectContaining({ about: 'holder', status: 'ok' }),
      { about: 'rule', status: 'left over', what: '100: from 10.2.0.10/32 lookup MYHA' },
    ]);
  });

  scenario('an unprivileged user sees the same', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    const asRoot = await callCommand(sandbox, a, SHOW);
    expect(await callCommand(sandbox, a, SHOW, { unprivileged: true })).toEqual(asRoot);
  });

  scenario('whoever does not answer is unknown, and the others tell', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    const known = ['device', 'address', 'rule', 'route', 'route'].map((about) =>
      expect.objectContaining({ about, status: 'left over' }),
    );
    await sandbox.setPermissions(a.instanceId, []);
    const forbidden = await callForJson(sandbox, a, SHOW);
    expect(forbidden.exitCode).toBe(1);
    expect(forbidden.data['findings']).toEqual([
      { about: 'holder', status: 'unknown', what: expect.stringContaining('UnauthorizedOperation') },
      ...known,
    ]);
    await sandbox.setImds(a.instanceId, 'refused');
    await sandbox.setEndpoint('refused');
    const alone = await callForJson(sandbox, a, SHOW);
    expect(alone.data).toMatchObject({ eni: null, instanceId: null });
    expect(alone.data['findings']).toEqual([
      { about: 'holder', status: 'unknown', what: expect.stringContaining('nobody told the region') },
      ...known,
    ]);
    await callAgent(sandbox, a, 'stop');
    const bare = await callCommand(sandbox, a, SHOW);
    expect(bare.exitCode).toBe(6);
    expect(lineOf(bare.stdout, 'Device')).toMatch(/unknown +nobody told the MAC/);
    expect(tooLong(bare.stdout)).toEqual([]);
  });

  scenario('an ENI that does not exist is called so', async ({ sandbox }) => {
    const { exitCode, stdout } = await callCommand(sandbox, sandbox.nodes.a, [
      'show',
      '--eni-id',
      'eni-0000000000000abcd',
    ]);
    expect(exitCode).toBe(1);
    expect(lineOf(stdout, 'Holder')).toMatch(/WRONG +EC2 knows no such ENI/);
  });

  scenario(
    '--watch tells the phases of a move as they come, and ends after so many looks',
    async ({ sandbox }) => {
      const { a, b } = sandbox.nodes;
      await sandbox.place(SERVICE_ENI, { attachedTo: b.instanceId, deviceIndex: 1 });
      await sandbox.hang(b.instanceId);
      const { stages, end } = await watchStages(sandbox, a);
      try {
        await stages(`held by ${b.instanceId}`);
        const { running, killGroup } = await beginAction(sandbox, a, 'start', {
          parameters: { eni_id: eniId, force_after: '10min' },
        });
        try {
          await stages(`leaving ${b.instanceId}`);
          await sandbox.unhang(b.instanceId);
          await stages('held by this node, and served');
        } finally {
          killGroup();
          await running;
        }
      } finally {
        await end();
      }
      const limited = await callCommand(sandbox, a, [
        ...SHOW,
        '--watch',
        '--count',
        '2',
        '--interval',
        '500ms',
      ]);
      expect(limited).toMatchObject({ exitCode: 0, stderr: '' });
      expect(limited.stdout.match(/held by this node, and served/g)).toHaveLength(2);
    },
  );
});

scenario('--watch ends once nobody reads any more', async ({ sandbox }) => {
  const { a } = sandbox.nodes;
  const script = '"$0" "$@" | head --lines=1';
  const words = [...SHOW, '--watch', '--interval', '500ms'];
  const { exitCode, timedOut, stdout, stderr } = await a.exec('sh', ['-c', script, executable, ...words], {
    env: onNodeOf(sandbox.environment(a)),
    timeoutMs: 30_000,
  });
  expect({ exitCode, timedOut, stderr }).toEqual({ exitCode: 0, timedOut: false, stderr: '' });
  expect(stdout).not.toBe('');
});

interface Watched {
  /** Resolves once a look shows this stage. */
  stages(name: string): Promise<void>;
  end(): Promise<void>;
}

async function watchStages(sandbox: Sandbox, node: SandboxNode): Promise<Watched> {
  const words = [...SHOW, '--watch', '--json', '--interval', '500ms'];
  const { running, killGroup } = await node.spawn(executable, words, {
    env: onNodeOf(sandbox.environment(node)),
  });
  if (running.stdout === null) throw new Error('show has no output');
  const lines = createInterface(running.stdout)[Symbol.asyncIterator]();
  return {
    stages: async (name) => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error(`the watch ended before ${name}`);
        if ((JSON.parse(value) as { readonly stage: string }).stage === name) return;
      }
    },
    end: async () => {
      killGroup();
      await running;
    },
  };
}

import { expect } from 'vitest';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import type { Answer } from './agent.ts';
import { callAgent } from './agent.ts';
import { REPEATED_LOOKS } from './confined.ts';
import { expectBare, holderOf, mutatingCalls, whoAnswers } from './expectations.ts';
import { readNetwork } from './node-network.ts';
import { placeProgram } from './place-program.ts';
import { scenario } from './scenario.ts';

const directory = new URL('../fixtures/iproute2-4.12', import.meta.url).pathname;
const environment = { PATH: `${directory}:/usr/sbin:/usr/bin:/sbin:/bin` };

/** As on a node whose ip is that of SLES 12. */
const call = (sandbox: Sandbox, node: SandboxNode, action: string): Promise<Answer> =>
  callAgent(sandbox, node, action, { environment });

const done = { exitCode: 0, reason: '' };

/** Close to what the agent makes: same priority, same table. */
const FOREIGN = [
  'ip rule add from 10.9.9.9 iif lo lookup 100 priority 100',
  'ip rule add from all to 192.168.0.0/16 lookup 77 priority 99',
  'ip route add 192.168.0.0/16 via 10.1.0.1 dev eth0 table 77',
  'ip route add 10.77.0.0/16 via 10.1.0.1 dev eth0 table 100',
  'ip route add blackhole 10.78.0.0/16 table 100',
];
const LOOK_ALIKE = 'ip rule add from 10.2.0.10 fwmark 7 lookup 100 priority 100';

async function sh(node: SandboxNode, ...commands: readonly string[]): Promise<void> {
  expect(await node.exec('sh', ['-ec', commands.join('\n')])).toMatchObject({ exitCode: 0 });
}

scenario(
  'an ip without JSON: service, takeover and stop, with all of others left alone',
  async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    await sh(a, ...FOREIGN);
    const before = await readNetwork(a);
    expect(await call(sandbox, a, 'monitor')).toMatchObject({ exitCode: 7, stderr: '' });
    expect(await call(sandbox, a, 'start')).toMatchObject(done);
    expect(await call(sandbox, a, 'monitor')).toMatchObject(done);
    expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('node-a');

    const serving = await readNetwork(a);
    expect(serving.rules).toMatch(/^100:\s+from 10\.2\.0\.10 lookup MYHA\s*$/m);
    await sandbox.resetRequests();
    expect(await call(sandbox, a, 'start')).toMatchObject(done);
    expect(await mutatingCalls(sandbox)).toEqual([]);
    expect(await readNetwork(a)).toEqual(serving);

    expect(await call(sandbox, b, 'start')).toMatchObject(done);
    expect(await holderOf(sandbox)).toBe(b.instanceId);
    expect(await call(sandbox, b, 'monitor')).toMatchObject(done);
    expect(await whoAnswers(sandbox, b, '10.2.0.10')).toBe('node-b');
    await sh(a, LOOK_ALIKE);
    expect(await call(sandbox, a, 'stop')).toMatchObject(done);
    expect(await call(sandbox, a, 'monitor')).toMatchObject({ exitCode: 7, stderr: '' });
    await sh(a, LOOK_ALIKE.replace(' add ', ' delete '));
    const named = (text: string): string => text.replaceAll('MYHA', '100');
    const after = await readNetwork(a);
    expect(Object.values(after).map(named)).toEqual(Object.values(before));

    expect(await call(sandbox, b, 'stop')).toMatchObject(done);
    await expectBare(sandbox, b);
  },
);

scenario(
  'an ip without JSON: monitor notices what is missing, puts it back, and at level 20 asks the router',
  async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    expect(await call(sandbox, a, 'start')).toMatchObject(done);
    const deep = await callAgent(sandbox, a, 'monitor', {
      environment: { ...environment, OCF_CHECK_LEVEL: '20' },
    });
    expect(deep).toMatchObject(done);
    await sh(a, 'ip rule delete priority 100');
    const probe = { ...environment, OCF_RESKEY_CRM_meta_interval: '0' };
    expect(await callAgent(sandbox, a, 'monitor', { environment: probe })).toMatchObject({
      exitCode: 1,
      reason: expect.stringContaining('missing rule'),
    });
    expect(await call(sandbox, a, 'monitor')).toMatchObject({ exitCode: 190, reason: '' });
    expect(await call(sandbox, a, 'monitor')).toMatchObject(done);
  },
);

scenario(
  'an ip without JSON: a table whose name stands for two numbers is not guessed',
  async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await sh(
      a,
      'mkdir -p /etc/iproute2/rt_tables.d',
      'printf "77 theirs\\n78 theirs\\n" > /etc/iproute2/rt_tables.d/theirs.conf',
      'ip rule add from 10.9.9.9 lookup 77 priority 99',
    );
    expect(await call(sandbox, a, 'monitor')).toMatchObject({
      exitCode: 1,
      reason: expect.stringContaining(
        "could not tell the number of the routing table in '99: from 10.9.9.9 lookup theirs'",
      ),
    });
  },
);

/** Puts a program in front as `ip` that writes down how it is called. */
async function recordCalls(node: SandboxNode, program: string) {
  const PATH = await placeProgram(node, 'ip', `echo "$*" >> /run/calls-of-ip\nexec ${program} "$@"`);
  const callsOf = async (sandbox: Sandbox, action: string): Promise<readonly string[]> => {
    await sh(node, ': > /run/calls-of-ip');
    expect(await callAgent(sandbox, node, action, { environment: { PATH } })).toMatchObject(done);
    return (await node.exec('cat', ['/run/calls-of-ip'])).stdout.trim().split('\n');
  };
  return callsOf;
}

scenario.for([
  ["this machine's ip", 1, '/sbin/ip'],
  ['an ip without JSON', 5, `${directory}/ip`],
] as const)('a monitor calls %s this often: %i', async ([, calls, program], { sandbox }) => {
  const callsOf = await recordCalls(sandbox.nodes.a, program);
  await callsOf(sandbox, 'start');
  expect(await callsOf(sandbox, 'monitor')).toHaveLength(calls + REPEATED_LOOKS);
});

scenario('an ip without JSON is asked for it once in an action', async ({ sandbox }) => {
  const callsOf = await recordCalls(sandbox.nodes.a, `${directory}/ip`);
  const calls = await callsOf(sandbox, 'start');
  expect(calls.filter((args) => args.includes('rule show')).length).toBeGreaterThan(1);
  expect(calls.filter((args) => args.includes('-N') || args.includes('-j'))).toHaveLength(1 + REPEATED_LOOKS);
});

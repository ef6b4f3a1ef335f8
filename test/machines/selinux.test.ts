import { aroundAll, beforeAll, describe, expect, test } from 'vitest';
import { startEcho } from '../sandbox/programs.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { ServiceClient } from '../sandbox/service-client.ts';
import { eniId } from '../scenarios/agent.ts';
import { askOnce, expectBare, holderOf } from '../scenarios/expectations.ts';
import { INSTALLED_AGENT } from './guest/machine-options.ts';
import {
  act,
  expectDone,
  machine,
  SERVICE_PORT,
  sh,
  TOO_SLOW,
  underRequests,
  unnoticed,
  withMachines,
} from './machine-nodes.ts';

/** What the test's policy has enter the domain of Pacemaker's agents. */
const LAUNCHER = '/usr/local/lib/node/in-cluster-domain';
/** The agent, entered into that domain as Pacemaker's processes are in it. */
const agent = '/usr/local/lib/node/agent-in-cluster-domain';

/** The process of Pacemaker's that runs the agents; without a cluster it runs none. */
const EXECUTOR = '/usr/lib/pacemaker/pacemaker-execd';

let sandbox: Sandbox;
let client: ServiceClient;
aroundAll((runTests) =>
  withMachines({ a: { machine: machine({ kernelParameters: 'security=selinux selinux=1' }) } }, (machines) =>
    underRequests(machines, async (requests) => {
      [sandbox, client] = [machines, requests];
      await startEcho(sandbox.nodes.b, SERVICE_PORT);
      await enforce();
      await runTests();
    }),
  ),
);

/** Has SELinux enforce, and the agent and Pacemaker's executor be in their domain. */
async function enforce(): Promise<void> {
  const lines = `#!/bin/sh\\nexec ${INSTALLED_AGENT} "$@"\\n`;
  await sh(
    sandbox.nodes.a,
    `printf '${lines}' > ${agent}; chmod 755 ${agent}; chcon --reference=${LAUNCHER} ${agent}; setenforce 1
setsid ${LAUNCHER} ${EXECUTOR} > /dev/null 2>&1 < /dev/null &
until pidof pacemaker-execd; do sleep 0.1; done`,
  );
}

/** What a program in Python prints on node a in that domain. @throws when it fails */
function inDomain(program: string): Promise<string> {
  return sh(sandbox.nodes.a, `${LAUNCHER} python3 - <<'END'\n${program}\nEND`);
}

test('SELinux is enforcing, and the agent in the domain of Pacemaker’s', async () => {
  const { a } = sandbox.nodes;
  expect(await sh(a, 'getenforce')).toBe('Enforcing');
  expect(await sh(a, `${LAUNCHER} id -Z`)).toContain(':cluster_t:');
  // As the kernel says that the script's process will be, and the agent's, which the script becomes.
  const contexts = `inScript=$(selinuxexeccon ${agent}); echo $inScript; selinuxexeccon ${INSTALLED_AGENT} $inScript`;
  expect((await sh(a, contexts)).split('\n')).toEqual([
    expect.stringContaining(':cluster_t:'),
    expect.stringContaining(':cluster_t:'),
  ]);
});

test('what ‘ip’ writes gets through a pipe, and not through a socket', async () => {
  const through = (ends: string): Promise<string> =>
    inDomain(`import os, socket, subprocess
reader, writer = ${ends}
code = subprocess.run(['ip', 'link', 'show', 'ens5'], stdout=writer).returncode
os.close(writer)
print(code, os.read(reader, 65536).decode())`);
  expect(await through('os.pipe()')).toMatch(/^0 .*ens5/);
  expect((await through('(one.detach() for one in socket.socketpair())')).trim()).toBe('0');
});

describe.each(['on', 'off'] as const)('with executable memory %s', (execmem) => {
  beforeAll(async () => {
    await sh(sandbox.nodes.a, `setsebool allow_execmem ${execmem}`);
  });

  test('the domain has it or is refused it', async () => {
    const answer = await inDomain(`import mmap
try:
    mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    print('on')
except PermissionError:
    print('off')`);
    expect(answer).toBe(execmem);
  });

  test('a probe says that nothing runs', async () => {
    expect(await act(sandbox, sandbox.nodes.a, 'monitor', { agent })).toMatchObject({
      exitCode: 7,
      stderr: '',
    });
  });

  test('a start that takes the ENI over from the other node serves', async () => {
    const { a, b } = sandbox.nodes;
    await expectDone(act(sandbox, b, 'start'));
    await client.answeredBy('node-b');
    await expectDone(act(sandbox, a, 'start', { agent }));
    await client.answeredBy('node-a');
    expect(await holderOf(sandbox)).toBe(a.instanceId);
    expect(await act(sandbox, a, 'monitor', { agent })).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await askOnce(sandbox, '10.2.0.10', SERVICE_PORT)).toBe('node-a');
    await expectDone(act(sandbox, b, 'stop'));
  });

  test('what is missing is put back', async () => {
    const { a } = sandbox.nodes;
    await sh(a, 'ip rule delete priority 100');
    const parameters = { eni_id: eniId, repair: 'true' };
    expect(await act(sandbox, a, 'monitor', { agent, parameters })).toMatchObject({ exitCode: 190 });
    expect(await act(sandbox, a, 'monitor', { agent, parameters })).toMatchObject({ exitCode: 0 });
    expect(await sh(a, 'ip rule')).toContain('from 10.2.0.10 lookup MYHA');
  });

  test('doctor in that domain finds nothing that fails', async () => {
    await unnoticed(client, async () => {
      const checks = await doctor(agent);
      const failed = checks.filter(({ status }) => status === 'failed');
      expect(failed.filter(({ found }) => !TOO_SLOW.test(found))).toEqual([]);
      expect(checks).toContainEqual(expect.objectContaining({ id: 'iproute2', status: 'ok' }));
      expect(checks).toContainEqual({
        id: 'selinux',
        status: 'ok',
        found: "enforcing, Pacemaker's processes in cluster_t, where monitor works: it ends with 0, as here",
      });
    });
  });

  test('stop leaves nothing', async () => {
    const { a } = sandbox.nodes;
    await expectDone(act(sandbox, a, 'stop', { agent }));
    await expectBare(sandbox, a);
  });
});

describe('doctor in a shell', () => {
  test('says what to do where no program of its may enter that domain', async () => {
    expect(await selinuxCheck()).toEqual({
      id: 'selinux',
      status: 'unknown',
      found: expect.stringMatching(
        /^enforcing, Pacemaker's processes in cluster_t; whether the agent works there: .*runcon: .*Permission denied; have Pacemaker itself try it: /,
      ),
    });
  });

  describe('whose programs may enter that domain', () => {
    beforeAll(async () => {
      await sh(sandbox.nodes.a, 'setsebool cluster_entered_by_any_program on');
    });

    test('tries the agent there', async () => {
      expect(await selinuxCheck()).toEqual({
        id: 'selinux',
        status: 'ok',
        found: "enforcing, Pacemaker's processes in cluster_t, where monitor works: it ends with 7, as here",
      });
    });

    test('finds that the agent does not work there', async () => {
      const { a } = sandbox.nodes;
      // The shell's 'ip' may read it, and that domain's may not.
      const library = await sh(a, 'readlink -f /lib/*/libmnl.so.0');
      await sh(a, `chcon -t shadow_t ${library}`);
      expect(await selinuxCheck()).toEqual({
        id: 'selinux',
        status: 'failed',
        found: expect.stringMatching(/cluster_t, where monitor ends with [1-6] \(".*"\); here with 7$/),
      });
      await sh(a, `restorecon ${library}`);
    });
  });
});

async function selinuxCheck(): Promise<Found | undefined> {
  return (await doctor(INSTALLED_AGENT)).find(({ id }) => id === 'selinux');
}

/** A line of doctor's. */
interface Found {
  readonly id: string;
  readonly status: string;
  readonly found: string;
}

/** What doctor finds on node a. */
async function doctor(program: string): Promise<readonly Found[]> {
  const { a } = sandbox.nodes;
  const env = sandbox.environment(a);
  const ran = await a.exec(program, ['doctor', '--eni-id', eniId, '--json'], { env, timeoutMs: 240_000 });
  const { groups } = JSON.parse(ran.stdout) as {
    readonly groups?: readonly { readonly checks: readonly Found[] }[];
  };
  if (groups === undefined) throw new Error(ran.stdout);
  return groups.flatMap(({ checks }) => checks.map(({ id, status, found }) => ({ id, status, found })));
}

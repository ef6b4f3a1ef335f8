import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEcho } from '../sandbox/programs.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { ServiceClient } from '../sandbox/service-client.ts';
import { eniId } from '../scenarios/agent.ts';
import { askOnce, expectBare, holderOf } from '../scenarios/expectations.ts';
import { INSTALLED_AGENT } from './guest/machine-options.ts';
import { act, expectDone, machine, SERVICE_PORT, sh, startMachines, watch } from './machine-nodes.ts';

/** What the test's policy has enter the domain of Pacemaker's agents. */
const LAUNCHER = '/usr/local/lib/node/in-cluster-domain';
/** The agent, entered into that domain as Pacemaker's processes are in it. */
const agent = '/usr/local/lib/node/agent-in-cluster-domain';

let sandbox: Sandbox;
let client: ServiceClient;
beforeAll(async () => {
  const kernelParameters = 'security=selinux selinux=1';
  sandbox = await startMachines({ a: { machine: machine({ kernelParameters }) } });
  await startEcho(sandbox.nodes.b, SERVICE_PORT);
  client = await watch(sandbox);
  const lines = `#!/bin/sh\\nexec ${INSTALLED_AGENT} "$@"\\n`;
  await sh(
    sandbox.nodes.a,
    `printf '${lines}' > ${agent}; chmod 755 ${agent}; chcon --reference=${LAUNCHER} ${agent}; setenforce 1`,
  );
});
afterAll(async () => {
  await client.stop();
  const violations = await sandbox.violations();
  await sandbox.close();
  expect(violations).toEqual([]);
});

test('SELinux is enforcing, and the agent in the domain of Pacemaker’s', async () => {
  const { a } = sandbox.nodes;
  expect(await sh(a, 'getenforce')).toBe('Enforcing');
  expect(await sh(a, `${LAUNCHER} id -Z`)).toContain(':cluster_t:');
  // What 'ip' writes gets through a pipe, and only through one.
  expect(await sh(a, `${LAUNCHER} sh -c 'ip link | cat'`)).toContain('ens5');
});

describe.each(['on', 'off'] as const)('with executable memory %s', (execmem) => {
  beforeAll(async () => {
    await sh(sandbox.nodes.a, `setsebool allow_execmem ${execmem}`);
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

  test('doctor finds nothing that fails', async () => {
    const { a } = sandbox.nodes;
    const env = sandbox.environment(a);
    await client.answered();
    const before = client.outages().length;
    const ran = await a.exec(agent, ['doctor', '--eni-id', eniId, '--json'], { env, timeoutMs: 240_000 });
    const { groups } = JSON.parse(ran.stdout) as {
      readonly groups: readonly {
        readonly checks: readonly { readonly id: string; readonly status: string }[];
      }[];
    };
    const statuses = groups.flatMap(({ checks }) => checks.map(({ id, status }) => `${id} ${status}`));
    expect(statuses).toContain('iproute2 ok');
    expect(statuses.filter((one) => one.endsWith(' failed'))).toEqual([]);
    await client.answered();
    expect(client.outages().slice(before)).toEqual([]);
  });

  test('stop leaves nothing', async () => {
    const { a } = sandbox.nodes;
    await expectDone(act(sandbox, a, 'stop', { agent }));
    await expectBare(sandbox, a);
  });
});

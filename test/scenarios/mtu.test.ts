import { describe, expect } from 'vitest';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import type { Call } from './agent.ts';
import { callAgent, eniId } from './agent.ts';
import { callCommand, callForJson } from './commands/call-command.ts';
import { expectServing } from './expectations.ts';
import { deviceOf } from './node-network.ts';
import { placeProgram } from './place-program.ts';
import { scenario, scenarioIn } from './scenario.ts';

const MAC = '02:d4:e5:f6:07:18';

async function mtuOf(node: SandboxNode): Promise<number> {
  const device = await deviceOf(node, MAC);
  return Number((await node.exec('cat', [`/sys/class/net/${device}/mtu`])).stdout);
}
const withMtu = (mtu: string): Call => ({ parameters: { eni_id: SERVICE_ENI, mtu } });

async function started(sandbox: Sandbox, call: Call = {}): Promise<SandboxNode> {
  const { a } = sandbox.nodes;
  expect(await callAgent(sandbox, a, 'start', call)).toMatchObject({ exitCode: 0, reason: '' });
  return a;
}

/** One that the agent finds before the real one. */
const placeIp = (node: SandboxNode, script: string): Promise<string> =>
  placeProgram(node, 'ip', `${script}\nexec /sbin/ip "$@"`);

describe.concurrent('the MTU of the ENI’s device', () => {
  scenario('is that of the node’s own interface, whatever the kernel gave it', async ({ sandbox }) => {
    const a = await started(sandbox);
    expect(await mtuOf(a)).toBe(9_001);
    await expectServing(sandbox, a);
    const shown = await callForJson(sandbox, a, ['show', '--eni-id', eniId]);
    expect(shown.data['mtu']).toEqual({ is: 9_001, shouldBe: 9_001 });
  });

  scenario('is that of the default route which the kernel prefers', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const script =
      'ip link add tun0 mtu 1420 type veth peer name tun1 && ip link set tun1 up && ip link set tun0 up && ip route replace default dev tun0 metric 5 && ip route del default dev eth0 && ip route add default via 10.1.0.1 dev eth0 metric 100';
    const { exitCode, stderr } = await a.exec('sh', ['-c', script]);
    expect([exitCode, stderr]).toEqual([0, '']);
    await a.exec('sh', [
      '-c',
      'ip route add 169.254.169.254 via 10.1.0.1 dev eth0; ip route add 10.1.0.1 dev eth0',
    ]);
    await started(sandbox);
    expect(await mtuOf(a)).toBe(1_420);
  });

  scenario('is the parameter’s, and a reload makes another one effective', async ({ sandbox }) => {
    const a = await started(sandbox, withMtu('1400'));
    expect(await mtuOf(a)).toBe(1_400);
    await sandbox.resetRequests();
    expect(await callAgent(sandbox, a, 'reload-agent', withMtu('3000'))).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    expect(await mtuOf(a)).toBe(3_000);
    expect(await callAgent(sandbox, a, 'reload-agent')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await mtuOf(a)).toBe(9_001);
    expect(await sandbox.requests()).toEqual([]);
    await expectServing(sandbox, a);
  });

  scenario('fails no monitor, which puts it not back; show tells', async ({ sandbox }) => {
    const a = await started(sandbox);
    const device = await deviceOf(a, MAC);
    await a.exec('ip', ['link', 'set', device, 'mtu', '1500']);
    expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await mtuOf(a)).toBe(1_500);
    const { exitCode, stdout } = await callCommand(sandbox, a, ['show', '--eni-id', eniId]);
    expect(exitCode).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `Device ok ${device}, ${MAC}, up, MTU 1500 (should be 9001, as eth0 has it)`,
    );
  });

  scenario('that a device can’t have is a warning, and no failed start', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    // The kernel of this machine lets a virtual device have any.
    const PATH = await placeIp(
      a,
      'case "$*" in *-batch*) sed "/ mtu /s/mtu .*/mtu 70000/" | /sbin/ip "$@"; exit;; esac',
    );
    const answer = await callAgent(sandbox, a, 'start', { environment: { PATH } });
    expect(answer).toMatchObject({ exitCode: 0, reason: '' });
    expect(answer.stderr).toMatch(
      /WARNING: could not set the MTU of the device of eni-.*mtu greater than device maximum/,
    );
    expect(answer.stderr.match(/MTU/g)).toHaveLength(1);
    expect(await mtuOf(a)).toBe(1_500);
    await expectServing(sandbox, a);
  });

  scenario('is left alone where nobody can tell the primary interface', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const PATH = await placeIp(a, 'case "$*" in *"route show default"*) echo no >&2; exit 2;; esac');
    const answer = await callAgent(sandbox, a, 'start', { environment: { PATH } });
    expect(answer).toMatchObject({ exitCode: 0, reason: '' });
    expect(answer.stderr).toMatch(/WARNING: could not tell the primary interface, .*: no; set mtu/);
    expect(await mtuOf(a)).toBe(1_500);
  });

  scenario('is told by plan, which changes nothing', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const { data } = await callForJson(sandbox, a, ['plan', 'start', '--eni-id', eniId]);
    expect(data['steps']).toContainEqual(
      expect.objectContaining({ do: 'set-mtu', what: 'set the MTU of the new device to 9001' }),
    );
    expect(await deviceOf(a, MAC)).toBe('');
  });

  scenarioIn({ service: { ipv6: ['fd00:2::10'] } })(
    'is never less than IPv6 needs, where the ENI has addresses of it',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      const answer = await callAgent(sandbox, a, 'start', withMtu('1000'));
      expect(answer).toMatchObject({ exitCode: 0, reason: '' });
      expect(answer.stderr).toMatch(
        /WARNING: mtu 1000 is too small for the IPv6 addresses of eni-.*gets 1280/,
      );
      expect(await mtuOf(a)).toBe(1_280);
      expect(await callAgent(sandbox, a, 'monitor', withMtu('1000'))).toMatchObject({
        exitCode: 0,
        stderr: '',
      });
      const valid = await callAgent(sandbox, a, 'validate-all', {
        ...withMtu('1000'),
        environment: { OCF_CHECK_LEVEL: '10' },
      });
      expect(valid).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('mtu 1000 is too small') });
    },
  );
});

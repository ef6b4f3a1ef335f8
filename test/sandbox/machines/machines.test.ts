import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../sandbox.ts';
import { startSandbox } from '../sandbox.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../sandbox-options.ts';
import type { MachineShell } from './machine-shell.ts';

/** Directories that this machine lacks, one below the other. */
const NOWHERE = '/var/lib/aws-eni-sandbox-test';
const NOWHERE_BELOW = '/var/lib/aws-eni-sandbox-other/below';
const PATIENCE = { timeout: 15_000, interval: 20 };

let sandbox: Sandbox;
beforeAll(async () => {
  const privateDirectories = [
    { path: NOWHERE, kept: 'disk' },
    { path: NOWHERE_BELOW, kept: 'memory' },
  ] as const;
  sandbox = await startSandbox({ privateDirectories, rename: 'never' });
});
afterAll(async () => {
  expect(await sandbox.violations()).toEqual([]);
  await sandbox.close();
});

async function sh(machine: MachineShell, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await machine.exec('sh', ['-ec', script]);
  if (exitCode !== 0) throw new Error(`${script}: ${stderr}`);
  return stdout;
}

describe('a program in a machine', () => {
  test('gets its input and arguments, and says how it ended', async () => {
    const ran = await sandbox.nodes.a.exec('sh', ['-c', 'cat; echo "$1" >&2; exit 3', 'sh', 'a b'], {
      input: 'in',
    });
    expect(ran).toMatchObject({ exitCode: 3, stdout: 'in', stderr: 'a b', timedOut: false });
  });

  test('sees nothing of the environment of who started it', async () => {
    process.env['SANDBOX_TEST_SECRET'] = 'leaked';
    const { stdout } = await sandbox.nodes.a.exec('env', [], { env: { GIVEN: 'yes' } });
    const names = stdout.split('\n').map((line) => line.split('=')[0]);
    expect(names.toSorted()).toEqual(['AWS_ENDPOINT_URL_EC2', 'GIVEN', 'PATH']);
  });

  test('sees its own host, processes and network', async () => {
    const seen = await sh(sandbox.nodes.b, 'hostname; ls /sys/class/net; ps -A -o pid= | wc -l');
    expect(seen.split('\n').slice(0, 3)).toEqual(['node-b', 'eth0', 'lo']);
    expect(Number(seen.split('\n')[3])).toBeLessThan(10);
  });

  test('is killed with all that it started when its time is over', async () => {
    const ran = await sandbox.nodes.a.exec('sh', ['-c', 'sleep 4711 & sleep 4712'], { timeoutMs: 200 });
    expect(ran).toMatchObject({ timedOut: true, signal: 'SIGKILL' });
    await expect.poll(() => sh(sandbox.nodes.a, 'ps -A -o args='), PATIENCE).not.toMatch(/sleep 471/);
  });

  test('leaves no zombie when its parent is gone', async () => {
    await sh(sandbox.nodes.a, '(sh -c "sleep 0.05" &) ; true');
    await expect
      .poll(() => sh(sandbox.nodes.a, 'ps -A -o stat=,args='), PATIENCE)
      .not.toMatch(/sleep 0.05|^Z/m);
  });
});

describe('directories', () => {
  test.each(['/run', '/var/log', '/dev/shm', '/etc/iproute2', '/usr/share', NOWHERE, NOWHERE_BELOW])(
    '%s is private',
    async (path) => {
      await sh(sandbox.nodes.a, `touch ${path}/of-node-a`);
      expect(await sh(sandbox.nodes.a, `ls ${path}`)).toContain('of-node-a');
      expect(await sh(sandbox.nodes.b, `ls ${path}`)).not.toContain('of-node-a');
      expect(existsSync(`${path}/of-node-a`)).toBe(false);
    },
  );

  test('of the disk survive a reboot, of memory not', async () => {
    await sh(sandbox.nodes.b, `touch /run/kept ${NOWHERE}/kept /etc/iproute2/kept`);
    await sandbox.powerOff(NODE_B);
    await sandbox.boot(NODE_B);
    const left = await sh(sandbox.nodes.b, `ls -d /run/kept ${NOWHERE}/kept /etc/iproute2/kept || true`);
    expect(left.split('\n').toSorted()).toEqual(['/etc/iproute2/kept', `${NOWHERE}/kept`]);
  });
});

test.each([
  ['vendor-only', '', 'rt_tables'],
  ['declared', '100 MYHA', ''],
  ['conflict', '200 MYHA', ''],
  ['etc', '', ''],
] as const)('iproute2 as %s', async (form, declared, vendor) => {
  await sandbox.setIproute2(NODE_A, form);
  const inEtc = await sh(sandbox.nodes.a, 'grep MYHA /etc/iproute2/rt_tables || true');
  const main = await sh(sandbox.nodes.a, 'grep -l main /etc/iproute2/rt_tables || true');
  const inVendor = await sh(sandbox.nodes.a, 'cd /usr/share/iproute2 && ls -d rt_tables || true');
  expect(inEtc).toBe(declared);
  expect(main).toBe(form === 'vendor-only' ? '' : '/etc/iproute2/rt_tables');
  expect(inVendor).toBe(vendor);
  expect(existsSync('/usr/share/iproute2')).toBe(false);
});

describe('power', () => {
  test('off ends everything in the machine; on brings a new one with its ENIs', async () => {
    await sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
    const before = await sandbox.nodes.a.pid();
    const { running } = await sandbox.nodes.a.spawn('sleep', ['4713']);
    await sandbox.powerOff(NODE_A);
    expect(await running).toMatchObject({ failed: true });
    expect(existsSync(`/proc/${before}`)).toBe(false);
    await expect(sandbox.nodes.a.exec('true')).rejects.toThrow('machine a is off');
    const { enis, instances } = await sandbox.world();
    expect(instances[NODE_A]?.power).toBe('stopped');
    expect(enis[SERVICE_ENI]?.attachment).toMatchObject({ instanceId: NODE_A, plugged: false });

    await sandbox.boot(NODE_A);
    const macs = await sh(sandbox.nodes.a, 'cat /sys/class/net/*/address');
    expect(macs).toContain('02:d4:e5:f6:07:18');
    expect(await sh(sandbox.nodes.a, 'ip route show default')).toBe('default via 10.1.0.1 dev eth0 ');
  });

  test('off frees the name and the cable: the ENI can go to the other node', async () => {
    await sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
    await sandbox.powerOff(NODE_A);
    await sandbox.place(SERVICE_ENI, { attachedTo: NODE_B, deviceIndex: 1 });
    expect(await sh(sandbox.nodes.b, 'cat /sys/class/net/*/address')).toContain('02:d4:e5:f6:07:18');
    await sandbox.boot(NODE_A);
    expect(await sh(sandbox.nodes.a, 'cat /sys/class/net/*/address')).not.toContain('02:d4:e5:f6:07:18');
  });

  test('twice off is refused, as is a boot of what runs', async () => {
    await expect(sandbox.boot(NODE_A)).rejects.toThrow('is running');
    await sandbox.powerOff(NODE_A);
    await expect(sandbox.powerOff(NODE_A)).rejects.toThrow('is stopped, not running');
    await sandbox.boot(NODE_A);
  });
});

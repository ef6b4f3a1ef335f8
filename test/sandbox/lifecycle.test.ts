import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { alive, parentOf } from './process-table.ts';
import { BUN } from './programs.ts';
import type { Sandbox } from './sandbox.ts';
import { startSandbox } from './sandbox.ts';

const PATIENCE = { timeout: 15_000, interval: 20 };

/** The VPC's process: it started `unshare`, which started the machine's first process. */
function vpcOf(machinePid: number): number {
  return parentOf(parentOf(machinePid));
}

function scratchOf(vpcPid: number): string {
  const found = readFileSync(`/proc/${vpcPid}/cmdline`, 'utf8')
    .split('\0')
    .find((arg) => arg.startsWith(`${tmpdir()}/aws-eni-sandbox-`));
  if (found === undefined) throw new Error(`no scratch directory in the command line of ${vpcPid}`);
  return found;
}

async function processesOf(sandbox: Sandbox): Promise<readonly number[]> {
  const machines = await Promise.all(
    [sandbox.nodes.a, sandbox.nodes.b, sandbox.client].map((one) => one.pid()),
  );
  return [...machines, vpcOf(machines[0] ?? 0)];
}

/** What this machine would show of a sandbox that leaks. */
function traces(scratch: string): readonly string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const devices = readdirSync('/sys/class/net');
  return [
    ...mounts.filter((mount) => mount.includes(scratch)),
    ...devices.filter((name) => /^br[A-D]$|^p02/.test(name)),
    ...['169.254.169.254', '10.2.0.1'].filter((address) => addresses().includes(address)),
  ];
}

function addresses(): readonly (string | undefined)[] {
  return Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map(({ address }) => address),
  );
}

test('a running sandbox shows nothing of itself outside, a closed one leaves nothing', async () => {
  const sandbox = await startSandbox();
  const pids = await processesOf(sandbox);
  const scratch = scratchOf(pids.at(-1) ?? 0);
  expect(alive(pids)).toEqual(pids);
  expect(traces(scratch)).toEqual([]);
  expect(readdirSync(scratch).toSorted()).toEqual(['control', 'disks']);
  expect(readdirSync(`${scratch}/disks`)).toEqual([]);
  await sandbox.close();
  await expect.poll(() => alive(pids), PATIENCE).toEqual([]);
  expect(existsSync(scratch)).toBe(false);
  expect(traces(scratch)).toEqual([]);
});

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'nothing is left when its starter ends by %s',
  async (signal) => {
    const program = fileURLToPath(new URL('hold-sandbox.ts', import.meta.url));
    const starter = spawn(BUN, ['--no-env-file', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface(starter.stdout), 'line')) as [string];
    const machines = JSON.parse(line) as readonly number[];
    const vpc = vpcOf(machines[0] ?? 0);
    const scratch = scratchOf(vpc);
    expect(alive([...machines, vpc])).toHaveLength(4);
    starter.kill(signal);
    await expect.poll(() => alive([...machines, vpc]), PATIENCE).toEqual([]);
    await expect.poll(() => existsSync(scratch), PATIENCE).toBe(false);
  },
);

test('a sandbox that has crashed says so when it is closed', async () => {
  const sandbox = await startSandbox();
  const pids = await processesOf(sandbox);
  process.kill(pids.at(-1) ?? 0, 'SIGKILL');
  await expect.poll(() => alive(pids), PATIENCE).toEqual([]);
  await expect(sandbox.close()).rejects.toThrow('ended before it was closed');
});

test('two at the same time do not meet', async () => {
  const [one, other] = await Promise.all([startSandbox(), startSandbox()]);
  try {
    await one.powerOff(one.nodes.a.instanceId);
    expect((await other.nodes.a.exec('hostname')).stdout).toBe('node-a');
    const { instances } = await other.world();
    expect(instances[other.nodes.a.instanceId]?.power).toBe('running');
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
});

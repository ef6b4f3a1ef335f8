import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { alive, inMachinesOf, nameOf } from '../sandbox/process-table.ts';
import { BUN } from '../sandbox/programs.ts';
import { machine, startMachines } from './machine-nodes.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };
const HOLDER = fileURLToPath(new URL('hold-machine.ts', import.meta.url));

/** Processes of a machine, QEMU's among them. */
function processesOf(pids: readonly number[]): readonly number[] {
  const all = inMachinesOf(pids);
  expect(all.map(nameOf)).toContain('qemu-system-x86');
  return all;
}

test('a machine ends with its sandbox', async () => {
  const sandbox = await startMachines({ a: { machine: machine() } });
  const processes = processesOf([await sandbox.nodes.a.pid()]);
  await sandbox.close();
  await expect.poll(() => alive(processes), PATIENCE).toEqual([]);
});

test('a machine ends when what started it is killed', async () => {
  const holder = spawn(BUN, ['--no-env-file', HOLDER], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = (await Promise.race([
      once(createInterface(holder.stdout), 'line'),
      once(holder, 'exit').then(([code]) => Promise.reject(new Error(`it ended with ${code}`))),
    ])) as [string];
    const processes = processesOf(JSON.parse(line) as readonly number[]);
    holder.kill('SIGKILL');
    await expect.poll(() => alive(processes), PATIENCE).toEqual([]);
  } finally {
    holder.kill('SIGKILL');
  }
});

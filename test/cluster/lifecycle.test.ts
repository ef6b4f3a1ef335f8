import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { alive, inMachinesOf, nameOf } from '../sandbox/process-table.ts';
import { BUN } from '../sandbox/programs.ts';
import type { Cluster } from './cluster.ts';
import { startCluster } from './cluster.ts';
import { readmeConfiguration } from './readme-commands.ts';

const PATIENCE = { timeout: 15_000, interval: 20 };

/** Where corosync, Pacemaker and crmsh leave files on a real node. */
const DIRECTORIES = [
  '/etc/corosync',
  '/etc/hosts',
  '/etc/pacemaker',
  '/var/lib/corosync',
  '/var/lib/pacemaker',
  '/var/log/pacemaker',
  '/var/log/crmsh',
  '/usr/lib/ocf/resource.d',
  '/usr/sbin/fence_aws',
  `${homedir()}/.cache/crm`,
  `${homedir()}/.config/crm`,
];

/** Path, size and time of change of all that is there. */
function listing(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  const { size, mtimeMs } = statSync(path);
  const under = statSync(path).isDirectory() ? readdirSync(path) : [];
  return [`${path} ${size} ${mtimeMs}`, ...under.flatMap((name) => listing(`${path}/${name}`))];
}

async function machinesOf({ sandbox: { nodes } }: Cluster): Promise<readonly number[]> {
  return Promise.all([nodes.a.pid(), nodes.b.pid()]);
}

test('a cluster that was configured and closed leaves neither processes nor files', async () => {
  const before = DIRECTORIES.flatMap(listing);
  const cluster = await startCluster();
  await cluster.run(readmeConfiguration());
  await cluster.until('started', ({ resources }) => resources.some(({ role }) => role === 'Started'));
  const pids = inMachinesOf(await machinesOf(cluster));
  expect(pids.map(nameOf).filter((name) => name === 'corosync' || name === 'pacemakerd')).toHaveLength(4);
  await cluster.close();
  await expect.poll(() => alive(pids), PATIENCE).toEqual([]);
  expect(DIRECTORIES.flatMap(listing)).toEqual(before);
});

test.each(['SIGKILL', 'SIGINT'] as const)('nothing is left when its starter ends by %s', async (signal) => {
  const program = fileURLToPath(new URL('hold-cluster.ts', import.meta.url));
  const starter = spawn(BUN, ['--no-env-file', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(starter.stdout), 'line')) as [string];
  const pids = inMachinesOf(JSON.parse(line) as readonly number[]);
  expect(pids.map(nameOf).filter((name) => name === 'pacemaker-based')).toHaveLength(2);
  starter.kill(signal);
  await expect.poll(() => alive(pids), PATIENCE).toEqual([]);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
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

/** Processes of this machine in the same pid namespace as one of these. */
function processesWith(machines: readonly number[]): readonly number[] {
  const namespaces = machines.map((pid) => readlinkSync(`/proc/${pid}/ns/pid`));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return namespaces.includes(readlinkSync(`/proc/${pid}/ns/pid`));
      } catch {
        return false;
      }
    });
}

function alive(pids: readonly number[]): readonly number[] {
  return pids.filter((pid) => {
    try {
      // A zombie is dead; when it is taken away is the business of this machine's first process.
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  });
}

function namesOf(pids: readonly number[]): readonly string[] {
  return pids.map((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
}

async function machinesOf({ sandbox: { nodes } }: Cluster): Promise<readonly number[]> {
  return Promise.all([nodes.a.pid(), nodes.b.pid()]);
}

test('a cluster that was configured and closed leaves neither processes nor files', async () => {
  const before = DIRECTORIES.flatMap(listing);
  const cluster = await startCluster();
  await cluster.run(readmeConfiguration());
  await cluster.until('started', ({ resources }) => resources.some(({ role }) => role === 'Started'));
  const pids = processesWith(await machinesOf(cluster));
  expect(namesOf(pids).filter((name) => name === 'corosync' || name === 'pacemakerd')).toHaveLength(4);
  await cluster.close();
  await expect.poll(() => alive(pids), PATIENCE).toEqual([]);
  expect(DIRECTORIES.flatMap(listing)).toEqual(before);
});

test.each(['SIGKILL', 'SIGINT'] as const)('nothing is left when its starter ends by %s', async (signal) => {
  const program = fileURLToPath(new URL('hold-cluster.ts', import.meta.url));
  const starter = spawn(BUN, ['--no-env-file', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(starter.stdout), 'line')) as [string];
  const pids = processesWith(JSON.parse(line) as readonly number[]);
  expect(namesOf(pids).filter((name) => name === 'pacemaker-based')).toHaveLength(2);
  starter.kill(signal);
  await expect.poll(() => alive(pids), PATIENCE).toEqual([]);
});

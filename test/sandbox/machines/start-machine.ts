import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { dying } from './dying.ts';
import type { Holder } from './holder-script.ts';
import { holderScript } from './holder-script.ts';

/** Namespaces that a process of their own holds open; they end with it. */
export interface Machine {
  /** The machine's first process, as seen from outside. */
  readonly pid: number;
  /** Power off: returns when no process is left in it. */
  kill(): Promise<void>;
}

const NAMESPACES = ['--mount', '--pid', '--ipc', '--uts', '--net', '--fork'] as const;

/** Dies with the calling process, also when that is killed. */
export async function startMachine(holder: Holder): Promise<Machine> {
  const setup = [
    '--kill-child=KILL',
    '--mount-proc',
    '--propagation',
    'private',
    'sh',
    '-c',
    'eval "$SCRIPT"',
  ];
  const [file, ...args] = dying(['unshare', ...NAMESPACES, ...setup]);
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SCRIPT: holderScript(holder) },
  });
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => {
    complaints += text.toString();
  });
  const exited = once(child, 'exit');
  const ready = once(createInterface(child.stdout), 'line');
  await Promise.race([
    ready,
    exited.then(() => Promise.reject(new Error(`${holder.hostname}: ${complaints}`))),
  ]);
  const pid = await firstProcess(child.pid ?? 0);
  return {
    pid,
    kill: async () => {
      // The kernel ends the first process of a pid namespace after all others, and unshare waits for it.
      process.kill(pid, 'SIGKILL');
      await exited;
    },
  };
}

/** `unshare` itself stays outside the pid namespace that it made for its child. */
async function firstProcess(unsharePid: number): Promise<number> {
  const children = await readFile(`/proc/${unsharePid}/task/${unsharePid}/children`, 'utf8');
  const pid = Number(children.trim());
  if (!Number.isInteger(pid) || pid <= 0) throw new Error(`no first process of a machine in "${children}"`);
  return pid;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { dying } from '../../sandbox/machines/dying.ts';

/** Runs `work` while nobody else does who names this file, in whatever process. The lock ends with this process. */
export async function locked<T>(file: string, work: () => Promise<T>): Promise<T> {
  const [command, ...args] = dying(['flock', file, 'sh', '-c', 'echo locked; exec cat']);
  const holder = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(holder, 'exit');
  const isLocked = once(createInterface(holder.stdout), 'line').then(() => true);
  try {
    if (!(await Promise.race([isLocked, exited.then(() => false)]))) throw new Error(`no lock on ${file}`);
    return await work();
  } finally {
    holder.stdin.end();
    await exited;
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ScratchDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * A new directory that is removed also when this process ends without having done it, however that happens: a
 * shell holds the other end of a pipe, and its reading ends when this process does.
 */
export async function makeScratchDirectory(): Promise<ScratchDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'aws-eni-sandbox-'));
  const remover = spawn('sh', ['-c', 'read -r _; rm -rf "$1"', 'sh', path], {
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    // A process group of its own: an interrupt from the keyboard does not reach it.
    detached: true,
  });
  const removed = once(remover, 'exit');
  remover.unref();
  if (remover.stdin instanceof Socket) remover.stdin.unref();
  return {
    path,
    remove: async () => {
      remover.ref();
      remover.stdin.end();
      await removed;
    },
  };
}

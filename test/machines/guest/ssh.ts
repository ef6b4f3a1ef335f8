import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { dying } from '../../sandbox/machines/dying.ts';

/** One connection to a machine, over which all commands go. */
export interface SshMaster {
  /** Runs a shell script as root. @throws with what it printed, when it fails */
  run(script: string): Promise<string>;
  close(): Promise<void>;
}

/** A machine that is emulated on a busy processor boots in it; less than a test's time limit, so that its error is seen. */
const PATIENCE_MS = 300_000;
const LOOK_EVERY_MS = 200;
/** Of one look, and of the longest pause between two words of a machine that talks. */
const SILENCE_MS = 20_000;

/** What every call of ssh has in common: nothing of this machine's own settings. */
const SETTINGS = {
  StrictHostKeyChecking: 'no',
  UserKnownHostsFile: '/dev/null',
  LogLevel: 'ERROR',
  BatchMode: 'yes',
  ConnectTimeout: '120',
};

function options(settings: Readonly<Record<string, string>>): readonly string[] {
  return [
    '-F',
    '/dev/null',
    ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
  ];
}

/** The command that runs a shell command by a machine's connection. It fails at once where there is none. */
export function sshCommand(socket: string, script: string): readonly [string, ...string[]] {
  const settings = { ...SETTINGS, ControlMaster: 'no', ControlPath: socket, ProxyCommand: 'false' };
  return ['ssh', ...options(settings), '-T', 'root@machine', script];
}

/**
 * Connects as soon as the machine answers. To be called in a network that reaches it.
 * @param socket where `sshCommand` finds the connection
 * @param ended rejects when the machine is gone
 */
export async function connectSsh(
  address: string,
  key: string,
  socket: string,
  ended: Promise<never>,
): Promise<SshMaster> {
  await Promise.race([answers(address, performance.now() + PATIENCE_MS), ended]);
  rmSync(socket, { force: true });
  const settings = { ...SETTINGS, IdentityFile: key, ControlMaster: 'yes', ControlPath: socket };
  const [file, ...args] = dying(['ssh', ...options(settings), '-N', `root@${address}`]);
  const master = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  master.stderr.on('data', (text: Buffer) => {
    complaints += text.toString();
  });
  const left = once(master, 'exit').then(() => {
    throw new Error(`no connection to ${address}: ${complaints}`);
  });
  left.catch(() => {});
  await Promise.race([accepts(socket), left, ended]);
  return {
    run: async (script) => {
      const [command, ...rest] = sshCommand(socket, script);
      const running = execa(command, rest, {
        reject: false,
        all: true,
        stdin: 'ignore',
        timeout: PATIENCE_MS,
      });
      const { exitCode, all, stdout } = await Promise.race([running, ended]);
      if (exitCode !== 0) throw new Error(`in the machine: ${script}\n${all}`);
      return stdout;
    },
    close: () => end(master),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** Resolves when the ssh server at the address has said its name. */
async function answers(address: string, endMs: number): Promise<void> {
  while (!(await saysItsName(address))) {
    if (performance.now() > endMs) throw new Error(`no ssh server at ${address} within ${PATIENCE_MS} ms`);
    await pause(LOOK_EVERY_MS);
  }
}

function saysItsName(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22 });
    // A machine that does not run yet does not answer at all; one that has accepted may take its time.
    let timer = setTimeout(() => socket.destroy(), 1_000);
    let isThere = false;
    socket.on('connect', () => {
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), SILENCE_MS);
    });
    socket.on('data', () => {
      isThere = true;
      socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(isThere);
    });
  });
}

async function accepts(socket: string): Promise<void> {
  const [command, ...rest] = ['ssh', ...options({ ControlPath: socket }), '-O', 'check', 'root@machine'];
  for (;;) {
    const { exitCode } = await execa(command ?? 'ssh', rest, { reject: false, stdio: 'ignore' });
    if (exitCode === 0) return;
    await pause(LOOK_EVERY_MS);
  }
}

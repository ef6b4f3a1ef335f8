import { spawnSync } from 'node:child_process';
import { AgentError } from '../core/failure.ts';

export interface RunOptions {
  readonly input?: string;
  readonly timeoutMs: number;
  /** A file descriptor that the program gets as its fourth, number 3. */
  readonly shareFd?: number;
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * All that a program gets to see of our environment: no credentials. Messages in English; the directories of system
 * programs also where the caller's PATH lacks them, and never the working directory, which an empty entry would mean.
 */
export const ENVIRONMENT: Readonly<Record<string, string>> = { LC_ALL: 'C', PATH: searchPath() };

/** Less says nothing about the program. */
const FAIR_MS = 200;

/** Far more than all rules and addresses of a node take. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * Runs a program, without a shell, waits for its end and gives back whatever it answered. The programs in question
 * take milliseconds, and waiting in place costs a monitor half of what listening for events does, measured.
 * @throws {AgentError} `tool`, when it is not there; `transient`, when it does not end in time
 */
export function run(program: string, args: readonly string[], options: RunOptions): Ran {
  const shared = options.shareFd === undefined ? [] : [options.shareFd];
  const command = [program, ...args].join(' ');
  if (options.timeoutMs <= 0) throw new AgentError('transient', `no time is left to run '${command}'`);
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    env: ENVIRONMENT,
    stdio: ['pipe', 'pipe', 'pipe', ...shared],
    encoding: 'utf8',
    input: options.input ?? '',
    timeout: Math.ceil(options.timeoutMs),
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    throw new AgentError('tool', `program '${program}' is not installed; install the package that has it`);
  }
  if (code === 'ETIMEDOUT') {
    throw new AgentError('transient', overdue(command, Math.round(options.timeoutMs), status !== null));
  }
  // A program that ends without reading its input, as ip does that refuses an option, has answered nonetheless.
  const isOver = error === undefined || code === 'EPIPE';
  if (!isOver || status === null) {
    const why = error?.message ?? `it was ended by ${signal}`;
    throw new AgentError('transient', `could not run '${command}': ${why}`, { cause: error });
  }
  return { exitCode: status, stdout, stderr };
}

function overdue(command: string, ms: number, hasEnded: boolean): string {
  if (ms < FAIR_MS) return `only ${ms} ms were left for '${command}', which was not enough`;
  const what = hasEnded
    ? `ended, but a process that it left behind kept its output open for ${ms} ms`
    : `did not end within ${ms} ms and was killed`;
  return `'${command}' ${what}; see what hangs on this node`;
}

function searchPath(): string {
  const given = (process.env['PATH'] ?? '').split(':').filter((directory) => directory.startsWith('/'));
  return [...given, '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':');
}

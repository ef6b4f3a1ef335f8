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

/** Messages in English, and the directories of system programs also where the caller's PATH lacks them. */
const ENVIRONMENT = { LC_ALL: 'C', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin` };

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
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    env: ENVIRONMENT,
    stdio: ['pipe', 'pipe', 'pipe', ...shared],
    encoding: 'utf8',
    input: options.input ?? '',
    timeout: Math.max(1, Math.ceil(options.timeoutMs)),
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    throw new AgentError('tool', `program '${program}' is not installed; install the package that has it`);
  }
  if (code === 'ETIMEDOUT' || signal === 'SIGKILL') {
    const ms = Math.round(options.timeoutMs);
    throw new AgentError('transient', `'${command}' did not end within ${ms} ms and was killed`);
  }
  if (error !== undefined || status === null) {
    const why = error?.message ?? `it was ended by ${signal}`;
    throw new AgentError('transient', `could not run '${command}': ${why}`, { cause: error });
  }
  return { exitCode: status, stdout, stderr };
}

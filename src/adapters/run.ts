import type { SpawnSyncReturns } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { endMarked } from './end-marked.ts';
import { RUN_ON_PIPES, RUN_ON_PIPES_WITH_INPUT, readPiped } from './pipes.ts';
import type { Called } from './run-failure.ts';
import { couldNotRun, noTimeLeft, notInstalled, overdue } from './run-failure.ts';

export interface RunOptions {
  readonly input?: string;
  readonly timeoutMs: number;
}

export interface RunDirectlyOptions extends RunOptions {
  /** A file descriptor that the program gets as its fourth, number 3. */
  readonly shareFd?: number;
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** With more than twice as much in one variable the kernel starts no program. Source: execve(2), MAX_ARG_STRLEN. */
const LONGEST_PATH = 65_536;

/**
 * All that a program gets to see of our environment: no credentials. Messages in English; the directories of system
 * programs also where the caller's PATH lacks them, and never the working directory, which an empty entry would mean.
 */
export const ENVIRONMENT = { LC_ALL: 'C', PATH: searchPath() } as const;

/** Far more than all rules and addresses of a node take. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** What a shell answers for a program that it could not run. Source: POSIX, Shell Command Language, 2.8.2. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/** Above it, the number of the signal that ended the program. None of the programs that are run ends so by itself. */
const SIGNAL_BASE = 128;
const LAST_SIGNAL = 31;

/**
 * Runs a program, waits for its end and gives back whatever it answered. It has pipes, which a program may use also
 * where a security policy confines it: under SELinux `ip` loses the sockets and the memory file that this runtime gives
 * to its children, ends with 0 and has said nothing. A shell makes the pipes, and parses no word of the command.
 * @throws {AgentError} `tool`, when it is not there; `transient`, when it does not end in time
 */
export function run(program: string, args: readonly string[], options: RunOptions): Ran {
  const called = calledAs(program, args, options);
  const mark = crypto.randomUUID();
  const script = options.input === undefined ? RUN_ON_PIPES : RUN_ON_PIPES_WITH_INPUT;
  const shell = spawnAndWait('sh', ['-c', script, 'sh', mark, program, ...args], options, []);
  const { exitCode, stderr, isWhole } = readPiped(shell.stderr ?? '', mark);
  // Who waited has killed the shell alone, and so may have somebody else.
  const became = exitCode !== undefined ? 'ended' : endMarked(mark) ? 'killed' : 'still-there';
  const obstacle = obstacleOf(shell);
  if (obstacle !== undefined) {
    if (obstacle === 'ENOENT') throw notInstalled('sh');
    if (obstacle === 'ETIMEDOUT') throw overdue(called, became);
    throw couldNotRun(called, shell.error?.message ?? obstacle, shell.error);
  }
  if (exitCode === undefined || shell.status !== 0 || !isWhole) {
    const ended = shell.signal === null ? `ended with ${shell.status}` : `was ended by ${shell.signal}`;
    throw couldNotRun(called, `the shell that passes on its output ${ended}: ${stderr.trim()}`);
  }
  if (exitCode === NOT_FOUND && !isInstalled(program)) throw notInstalled(program);
  if (exitCode === NOT_FOUND || exitCode === NOT_EXECUTABLE)
    throw couldNotRun(called, stderr.trim() || `exit code ${exitCode}`);
  if (exitCode > SIGNAL_BASE && exitCode <= SIGNAL_BASE + LAST_SIGNAL) {
    throw couldNotRun(called, `it was ended by signal ${exitCode - SIGNAL_BASE}`);
  }
  return { exitCode, stdout: shell.stdout, stderr };
}

/**
 * The same without a shell, which takes 3 ms less, and with the sockets and the memory file: for a program whose exit
 * code is all that is asked for, and for a look at what is never nothing.
 * @throws {AgentError} as `run`
 */
export function runDirectly(program: string, args: readonly string[], options: RunDirectlyOptions): Ran {
  const called = calledAs(program, args, options);
  const { shareFd } = options;
  const ran = spawnAndWait(program, args, options, shareFd === undefined ? [] : [shareFd]);
  const obstacle = obstacleOf(ran);
  if (obstacle === 'ENOENT') throw notInstalled(program);
  if (obstacle === 'ETIMEDOUT') throw overdue(called, ran.status === null ? 'killed' : 'ended');
  if (obstacle !== undefined) throw couldNotRun(called, ran.error?.message ?? obstacle, ran.error);
  if (ran.status === null) throw couldNotRun(called, `it was ended by ${ran.signal}`);
  return { exitCode: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

function calledAs(program: string, args: readonly string[], { timeoutMs }: RunOptions): Called {
  const called = { command: [program, ...args].join(' '), timeoutMs };
  if (timeoutMs <= 0) throw noTimeLeft(called);
  return called;
}

/** The programs in question take milliseconds; waiting in place costs half of what listening for events does, measured. */
function spawnAndWait(
  file: string,
  args: readonly string[],
  { input, timeoutMs }: RunOptions,
  shared: readonly number[],
): SpawnSyncReturns<string> {
  return spawnSync(file, args, {
    env: ENVIRONMENT,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...shared],
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
    timeout: Math.ceil(timeoutMs),
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTES,
  });
}

/** What kept it from an end of its own. */
function obstacleOf({ error }: SpawnSyncReturns<string>): string | undefined {
  const code = error === undefined ? undefined : ((error as NodeJS.ErrnoException).code ?? error.message);
  // A program that ends without reading its input, as ip does that refuses an option, has answered nonetheless.
  return code === 'EPIPE' ? undefined : code;
}

function isInstalled(program: string): boolean {
  return ENVIRONMENT.PATH.split(':').some((directory) => existsSync(`${directory}/${program}`));
}

function searchPath(): string {
  const whole = process.env['PATH'] ?? '';
  const kept =
    whole.length <= LONGEST_PATH ? whole : whole.slice(0, whole.lastIndexOf(':', LONGEST_PATH) + 1);
  const given = kept.split(':').filter((directory) => directory.startsWith('/'));
  return [...given, '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':');
}

import type { Options, ResultPromise } from 'execa';
import { execa } from 'execa';
import { enter } from './enter.ts';

export interface ExecOptions {
  /** Added to the machine's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** `pipe`: the caller writes to `running.stdin`. */
  readonly stdin?: 'pipe';
  /** After it the command is killed, with all that it started. Default 60 s. */
  readonly timeoutMs?: number;
}

interface Ran {
  /** `undefined`: a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly durationMs: number;
}

export type Running = ResultPromise<{ reject: false; encoding: 'utf8' }>;

/** Runs programs in a machine, as root, in its `/` directory. */
export interface MachineShell {
  /** The machine's first process, as seen from outside. @throws when it is off */
  pid(): Promise<number>;
  /** Never rejects for what the command does: look at exitCode, signal, timedOut. */
  exec(command: string, args?: readonly string[], options?: ExecOptions): Promise<Ran>;
  /** For what runs on. Ends with the machine, with the caller, and by `killGroup`. */
  spawn(command: string, args?: readonly string[], options?: ExecOptions): Promise<Started>;
}

export interface Started {
  readonly running: Running;
  /** SIGKILL to the command and all that it started and that did not leave its process group, as Pacemaker does it. */
  killGroup(): void;
}

const EXEC_TIMEOUT_MS = 60_000;

export function machineShell(
  pid: () => Promise<number>,
  environment: Readonly<Record<string, string>>,
): MachineShell {
  return shellOf(pid, async (command, args, options) => {
    const [file, ...rest] = enter(await pid(), [command, ...args]);
    const { env = {}, input, stdin = 'ignore' } = options;
    const settings = {
      env: { ...environment, ...env },
      extendEnv: false,
      reject: false,
      // A process group of its own, which is what Pacemaker gives an agent.
      detached: true,
      ...(input === undefined ? { stdin } : { input }),
    } as const satisfies Options;
    const running = execa(file, rest, settings) as Running;
    return { running, killGroup: () => killGroup(running.pid) };
  });
}

/** @param start begins a command in the machine, in a process group of its own */
export function shellOf(
  pid: () => Promise<number>,
  start: (command: string, args: readonly string[], options: ExecOptions) => Promise<Started>,
): MachineShell {
  return {
    pid,
    spawn: (command, args = [], options = {}) => start(command, args, options),
    exec: async (command, args = [], options = {}) => {
      const { running, killGroup: kill } = await start(command, args, options);
      const { timeoutMs = EXEC_TIMEOUT_MS } = options;
      let timedOut = false;
      const timer = setTimeout(() => {
        timedOut = true;
        kill();
      }, timeoutMs);
      const { exitCode, signal, stdout, stderr, durationMs } = await running;
      clearTimeout(timer);
      return { exitCode, signal, stdout, stderr, timedOut, durationMs };
    },
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

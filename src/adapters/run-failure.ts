import { AgentError } from '../core/failure.ts';

/** A program as it was called, with the time that it had. */
export interface Called {
  readonly command: string;
  readonly timeoutMs: number;
}

/** What became of a program whose time was over. */
export type Overdue = 'killed' | 'still-there' | 'ended';

/** Less says nothing about the program. */
const FAIR_MS = 200;

export function notInstalled(program: string): AgentError {
  return new AgentError('tool', `program '${program}' is not installed; install the package that has it`);
}

export function noTimeLeft({ command }: Called): AgentError {
  return new AgentError('transient', `no time is left to run '${command}'`);
}

export function overdue({ command, timeoutMs }: Called, became: Overdue): AgentError {
  const ms = Math.round(timeoutMs);
  if (ms < FAIR_MS) {
    return new AgentError('transient', `only ${ms} ms were left for '${command}', which was not enough`);
  }
  const what = {
    killed: `did not end within ${ms} ms and was killed`,
    'still-there': `did not end within ${ms} ms and could not be killed`,
    ended: `ended, but a process that it left behind kept its output open for ${ms} ms`,
  }[became];
  return new AgentError('transient', `'${command}' ${what}; see what hangs on this node`);
}

export function couldNotRun({ command }: Called, why: string, cause?: unknown): AgentError {
  return new AgentError('transient', `could not run '${command}': ${why}`, { cause });
}

/** Of a program that always has something to say. */
export function saidNothing(command: string, exitCode: number): AgentError {
  return new AgentError(
    'transient',
    `'${command}' ended with exit code ${exitCode} and printed nothing; a security policy such as SELinux may keep back what it says: call it by hand, and see 'aws-eni doctor'`,
  );
}

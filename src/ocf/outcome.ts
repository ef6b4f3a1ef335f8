import type { AgentError } from '../core/failure.ts';
import { ExitCode, exitCodeOf } from './exit-code.ts';

/** How an action ended, as Pacemaker is told. */
export interface Outcome {
  readonly exitCode: ExitCode;
  /** One line; why, and what to do next. */
  readonly reason?: string;
}

export const succeeded: Outcome = { exitCode: ExitCode.success };

export function failed(error: AgentError): Outcome {
  return { exitCode: exitCodeOf[error.kind], reason: error.message };
}

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
  return { exitCode: exitCodeOf[error.kind], reason: oneLine(error.message) };
}

/** Pacemaker keeps what stands on the line of the prefix, so a reason has no second line. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

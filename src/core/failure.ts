import { oneLine } from './one-line.ts';

/** Why the agent could not do, or could not know, something. One word per way an operator reacts. */
export type FailureKind =
  | 'parameter' // a value that no node could use
  | 'node' // a right value that cannot work on this node
  | 'tool' // a program or kernel feature is missing
  | 'permission' // root or IAM refused
  | 'transient' // throttled, timed out, network, 5xx: the same call may work later
  | 'bug'; // our own mistake

/**
 * The only error that leaves an adapter or a use case. Its message is what the operator reads: what was being
 * done, on which ids, what came back, what to do next; lower case, one sentence or a few joined by ';'.
 */
export class AgentError extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(oneLine(message), options);
    this.name = 'AgentError';
    this.kind = kind;
  }
}

/** A call that ended because this action's time did: it says nothing about whom it was made to. */
export class OutOfTime extends AgentError {
  constructor(activity: string, hadMs: number, cause: unknown) {
    super('transient', `${activity}: no answer came in the ${Math.round(hadMs)} ms that were left for it`, {
      cause,
    });
  }
}

/** The AgentError that `thrown` is, or a `bug` that carries it. */
export function asAgentError(thrown: unknown): AgentError {
  if (thrown instanceof AgentError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new AgentError('bug', `internal error: ${text}; please report this`, { cause: thrown });
}

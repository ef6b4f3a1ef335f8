/** How an action that was recorded ended. `cut off`: it was killed, or the node was lost. */
export type RecordedOutcome = 'ok' | 'failed' | 'cut off' | 'under way';

export interface RecordedPhase {
  readonly phase: string;
  readonly ms: number;
}

/** One start or stop on this node. */
export interface RecordedAction {
  readonly resource: string;
  readonly action: string;
  /** ISO 8601, UTC. */
  readonly beganAt: string;
  readonly outcome: RecordedOutcome;
  /** Of an action that ended; `null`: it did not. */
  readonly exitCode: number | null;
  readonly tookMs: number | null;
  /** Why it failed; `null`: it did not. */
  readonly reason: string | null;
  readonly phases: readonly RecordedPhase[];
}

/** What an action leaves for people to look at. Whatever is wrong with the disk is no business of the action's. */
export interface Journal {
  end(result: Pick<RecordedAction, 'exitCode' | 'reason' | 'tookMs' | 'phases'>): void;
}

/** What a monitor has put back. */
export interface RecordedRepair {
  readonly resource: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** In words, such as `rule 100: from 10.2.0.10/32 lookup 100`. */
  readonly missing: readonly string[];
}

/** What start and stop did on this node, and what monitor put back. */
export interface History {
  /** Oldest first, of one resource or of all. Rejects with AgentError where it can't be read. */
  read(resource: string | undefined): Promise<readonly RecordedAction[]>;
  /** As far as they are still recorded; oldest first, of one resource or of all. Rejects with AgentError where it can't be read. */
  repairs(resource: string | undefined): Promise<readonly RecordedRepair[]>;
}

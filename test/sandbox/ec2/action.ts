import type { World } from '../world/create-world.ts';
import type { Query } from './query.ts';
import type { Tree } from './xml-answer.ts';

export interface CallContext {
  readonly world: World;
  readonly nowMs: number;
  /** The instance whose credentials signed the call. */
  readonly caller: string;
  /** EC2's date of a moment on the world's clock. */
  dateOf(worldMs: number): string;
  unmodelled(what: string): void;
  /** Whether describes answer in pages. */
  isPaging(): boolean;
}

/** Bucket that a call is counted in. */
export type Cost = 'describing' | 'describingUnfiltered' | 'mutating';

interface PreparedCall {
  readonly cost: Cost;
  /** @throws {Ec2Refusal} */
  perform(context: CallContext): Tree;
}

/**
 * One EC2 action. Reads all its parameters first: what is left unread then is refused before anything happens.
 * @throws {Ec2Refusal}
 */
export type Action = (query: Query) => PreparedCall;

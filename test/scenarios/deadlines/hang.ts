import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import type { Call } from '../agent.ts';

export interface Ending {
  readonly exitCode: number;
  /** In the reason, or in the warnings of an action that goes well. */
  readonly says: RegExp;
}

export interface Expected extends Ending {
  /** Limits below it may leave too little time for that. */
  readonly belowMs?: number;
  /** What happens then. */
  readonly otherwise?: Ending;
}

/** One way to hang, and how each action ends under it. */
export interface Hang {
  readonly name: string;
  /** Puts it on the node; what comes back is how the action is called. */
  readonly begin: (sandbox: Sandbox, node: SandboxNode) => Promise<Pick<Call, 'parameters' | 'environment'>>;
  readonly end?: (sandbox: Sandbox, node: SandboxNode) => Promise<unknown>;
  /** Whether the node serves when the hang begins. */
  readonly served?: boolean;
  /** One limit after the other: what one action does changes what the next one meets. */
  readonly inTurn?: boolean;
  /** A limit besides the usual ones. */
  readonly alsoMs?: number;
  readonly expected: Readonly<Partial<Record<'start' | 'stop' | 'monitor', Expected>>>;
}

export const plain = { environment: {} };
export const clearFaults = (sandbox: Sandbox): Promise<unknown> => sandbox.clearFaults();

export const isolated = {
  exitCode: 0,
  says: /isolated but may still be attached|may still be attached here/,
};
export const ec2Silent = {
  start: { exitCode: 1, says: /out of time after .* while finding eni-\S+ in EC2/ },
  stop: isolated,
  monitor: { exitCode: 0, says: /could not confirm that eni-\S+ is attached here/ },
} as const;

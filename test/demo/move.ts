/** A stretch of time, in ms on the demo's clock. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** A phase as the agent itself reported it. */
export interface PhaseSpan extends Span {
  readonly action: 'stop' | 'start';
  readonly name: string;
}

/** One request of the agent to EC2, or something that EC2 does on its own after one. */
export interface AwsSpan extends Span {
  readonly name: string;
}

/** How the service came from one node to the other. */
export interface Move {
  readonly title: string;
  /** From the first request of the client that was lost to the first that was answered again. */
  readonly outage: Span;
  readonly phases: readonly PhaseSpan[];
  readonly aws: readonly AwsSpan[];
  /** From the call of the first action to the end of the last. */
  readonly actions: Span;
}

/** How long at least one of the spans lasts: the length of their union. */
function covered(spans: readonly Span[]): number {
  const sorted = spans.toSorted((one, other) => one.startMs - other.startMs);
  let total = 0;
  let reachedMs = Number.NEGATIVE_INFINITY;
  for (const { startMs, endMs } of sorted) {
    total += Math.max(0, endMs - Math.max(startMs, reachedMs));
    reachedMs = Math.max(reachedMs, endMs);
  }
  return total;
}

export interface Shares {
  readonly outageMs: number;
  /** Of the actions' time: EC2 or the metadata service had a request to answer, an ENI to release or to attach. */
  readonly awsMs: number;
  /** The rest of the actions' time. */
  readonly agentMs: number;
}

export function sharesOf({ outage, aws, actions }: Move): Shares {
  const within = aws.map(({ startMs, endMs }) => ({
    startMs: Math.max(startMs, actions.startMs),
    endMs: Math.min(endMs, actions.endMs),
  }));
  const awsMs = covered(within.filter(({ startMs, endMs }) => endMs > startMs));
  return { outageMs: lengthOf(outage), awsMs, agentMs: lengthOf(actions) - awsMs };
}

export function lengthOf({ startMs, endMs }: Span): number {
  return endMs - startMs;
}

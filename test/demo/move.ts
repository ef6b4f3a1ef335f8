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

/** What Pacemaker was about, where no action of the agent was under way. */
export interface ClusterSpan extends Span {
  readonly share: 'detection' | 'fencing';
  readonly name: string;
}

/** Something that Pacemaker decided or was told, or that the client saw. */
export interface Moment {
  readonly atMs: number;
  readonly what: string;
}

/** How the service came from one node to the other. */
export interface Move {
  readonly title: string;
  /** In their order. */
  readonly moments: readonly Moment[];
  /** From the first request of the client that was lost to the first that was answered again. */
  readonly outage: Span;
  readonly cluster: readonly ClusterSpan[];
  /** From Pacemaker's order to the result it took. */
  readonly actions: readonly Span[];
  readonly phases: readonly PhaseSpan[];
  readonly aws: readonly AwsSpan[];
}

/** Where the outage went, in ms; together they are all of it. */
export interface Shares {
  /** Until Pacemaker called the node lost. */
  readonly detection: number;
  readonly fencing: number;
  /** What is left: Pacemaker's and Corosync's own work, and what the client took to notice. */
  readonly cluster: number;
  /** Of the actions' time: EC2 or the metadata service had a request to answer, an ENI to release or to attach. */
  readonly aws: number;
  /** The rest of the actions' time. */
  readonly agent: number;
}

const SHARE_NAMES: Readonly<Record<keyof Shares, string>> = {
  detection: 'detection',
  fencing: 'fencing',
  cluster: 'cluster',
  aws: 'AWS',
  agent: 'agent',
};

/** Those that there are, by name. */
export function namedShares(move: Move): readonly (readonly [name: string, ms: number])[] {
  const shares = sharesOf(move);
  const names = Object.keys(SHARE_NAMES) as readonly (keyof Shares)[];
  return names
    .map((name) => [SHARE_NAMES[name], shares[name]] as const)
    .filter(([, ms]) => Math.round(ms) > 0);
}

export function sharesOf({ outage, cluster, actions, aws }: Move): Shares {
  const of = (share: ClusterSpan['share']): number =>
    covered(
      common(
        cluster.filter((span) => span.share === share),
        [outage],
      ),
    );
  const acting = common(actions, [outage]);
  const detection = of('detection');
  const fencing = of('fencing');
  const awsMs = covered(common(aws, acting));
  const agent = covered(acting) - awsMs;
  return {
    detection,
    fencing,
    cluster: lengthOf(outage) - detection - fencing - awsMs - agent,
    aws: awsMs,
    agent,
  };
}

/** From the first to the last of what is told of the move. */
export function wholeOf({ outage, cluster, actions }: Move): Span {
  const spans = [outage, ...cluster, ...actions];
  return {
    startMs: Math.min(...spans.map(({ startMs }) => startMs)),
    endMs: Math.max(...spans.map(({ endMs }) => endMs)),
  };
}

export function lengthOf({ startMs, endMs }: Span): number {
  return endMs - startMs;
}

function common(some: readonly Span[], others: readonly Span[]): readonly Span[] {
  return some
    .flatMap((one) =>
      others.map((other) => ({
        startMs: Math.max(one.startMs, other.startMs),
        endMs: Math.min(one.endMs, other.endMs),
      })),
    )
    .filter((span) => lengthOf(span) > 0);
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

/** What goes wrong, instead of or around the real answer. */
export type Fault =
  /** Connection reset, nothing done. */
  | 'drop-before'
  /** Done, then connection reset instead of the answer. */
  | 'drop-after'
  /** Nothing done, no answer, connection open. */
  | 'black-hole'
  /** Done, half of the answer, then the connection closes. */
  | 'cut-off'
  /** Stands still until the test releases it; only then done, and answered. */
  | 'hold-before'
  /** Done at once; the answer stands still until the test releases it. */
  | 'hold-after'
  /** Nothing done, 200 with a text that is no XML. */
  | 'not-xml'
  /** Nothing done, an error with this code (of the metadata service: only the status counts). */
  | { readonly error: string; readonly status?: number; readonly message?: string }
  /** Nothing done, this status and no body. */
  | { readonly status: number }
  /** Nothing done, this body, with status 200. */
  | { readonly body: string }
  /** Done, but so much later. */
  | { readonly delayMs: number }
  /** Done, then the answer's body byte by byte, each so much later than the one before. */
  | { readonly dripMs: number };

export interface FaultRule {
  readonly match: {
    readonly service: 'ec2' | 'imds';
    /** EC2 only: the whole name, such as DescribeInstances. */
    readonly action?: string;
    /** Metadata service only: a part of the path. */
    readonly path?: string;
    readonly instanceId?: string;
  };
  /** How often; without it, until the faults are cleared. */
  readonly times?: number;
  /** For how long from now on. */
  readonly forMs?: number;
  readonly do: Fault;
}

export interface FaultableCall {
  readonly service: 'ec2' | 'imds';
  /** Action or path. */
  readonly name: string;
  readonly instanceId: string | undefined;
}

export interface Faults {
  add(nowMs: number, rule: FaultRule): void;
  clear(): void;
  /** The first rule that fits counts, and is used up by one. */
  take(nowMs: number, call: FaultableCall): Fault | undefined;
}

export function createFaults(): Faults {
  let rules: { readonly rule: FaultRule; readonly untilMs: number; left: number }[] = [];
  return {
    add: (nowMs, rule) => {
      const { times = Number.POSITIVE_INFINITY, forMs = Number.POSITIVE_INFINITY } = rule;
      rules.push({ rule, untilMs: nowMs + forMs, left: times });
    },
    clear: () => {
      rules = [];
    },
    take: (nowMs, call) => {
      rules = rules.filter(({ untilMs, left }) => untilMs > nowMs && left > 0);
      const found = rules.find(({ rule }) => fits(rule.match, call));
      if (found === undefined) return undefined;
      found.left -= 1;
      return found.rule.do;
    },
  };
}

function fits(match: FaultRule['match'], call: FaultableCall): boolean {
  return (
    match.service === call.service &&
    (match.action === undefined || match.action === call.name) &&
    (match.path === undefined || call.name.includes(match.path)) &&
    (match.instanceId === undefined || match.instanceId === call.instanceId)
  );
}

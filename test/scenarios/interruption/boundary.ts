import type { Request } from '../../sandbox/http/request-log.ts';

type Side = 'before' | 'after';

/** A moment of an action at which it is killed: before or after one of its calls. */
export type Boundary = RequestBoundary | ProgramBoundary;

export interface RequestBoundary {
  readonly of: 'ec2' | 'imds';
  readonly side: Side;
  /** EC2 action or path of the metadata service. */
  readonly name: string;
  /** How many requests that a rule for `name` fits come first. */
  readonly earlier: number;
  /** Whether it changes who holds the ENI. */
  readonly changes: boolean;
  readonly title: string;
}

interface ProgramBoundary {
  readonly of: 'program';
  readonly side: Side;
  /** As the wrapper names it. */
  readonly call: string;
  readonly title: string;
}

const SIDES: readonly Side[] = ['before', 'after'];

/** The boundaries of an action, from what a healthy run of it has called. */
export function boundariesOf(requests: readonly Request[], calls: readonly string[]): readonly Boundary[] {
  const inOrder = requests.toSorted((one, other) => one.atMs - other.atMs);
  const ofRequests = inOrder.flatMap((request, index) => {
    const { service, name, outcome } = request;
    const fits = (other: Request): boolean =>
      other.service === service && (service === 'ec2' ? other.name === name : other.name.includes(name));
    const earlier = inOrder.slice(0, index).filter(fits).length;
    const isDryRun = outcome === 'DryRunOperation';
    const changes = service === 'ec2' && !name.startsWith('Describe') && !isDryRun;
    const title = `${name}${isDryRun ? ' (dry run)' : ''} #${earlier + 1}`;
    return SIDES.map(
      (side): Boundary => ({ of: service, side, name, earlier, changes, title: `${side} ${title}` }),
    );
  });
  const ofPrograms = calls.flatMap((call) =>
    SIDES.map((side): Boundary => ({ of: 'program', side, call, title: `${side} ${call}` })),
  );
  return [...ofRequests, ...ofPrograms];
}

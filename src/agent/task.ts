import type { Settings } from '../core/settings.ts';
import type { EniTarget, Ports } from '../ports/agent.ts';
import type { Deadline } from './deadline.ts';
import type { Phases } from './phases.ts';

/** One action of one resource: what it works with. */
export interface Task {
  readonly ports: Ports;
  readonly settings: Settings;
  readonly deadline: Deadline;
  readonly phases: Phases;
}

/** How the configuration names the ENI. The id wins; that a given address belongs to it is checked once it is found. */
export function targetOf({ eniId, ip }: Settings): EniTarget {
  if (eniId !== undefined) return { eniId };
  if (ip !== undefined) return { ip };
  throw new Error('settings name no ENI'); // the parameter table lets none pass
}

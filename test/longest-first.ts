import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** Files that take minutes, the longest first: begun last, they would be waited for alone. */
const LONG = [
  'scenarios/stop',
  'scenarios/faults/matrix',
  'scenarios/interruption/interruption',
  'scenarios/faults/passing',
  'scenarios/start',
  'cluster/failovers',
  'rpm/reproducible',
  'cluster/damage',
  'cluster/ec2-outage',
  'cluster/start-time-limit',
  'cluster/planned',
  'cluster/parameters',
  'cluster/commands',
  'cluster/restart',
  'cluster/stop-time-limit',
  'cluster/upgrade',
  'cluster/several',
  'cluster/node-loss',
].map((name) => `/test/${name}.test.ts`);

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = LONG.findIndex((name) => moduleId.endsWith(name));
      return index === -1 ? LONG.length : index;
    };
    const rest = await super.sort(files);
    return rest.toSorted((one, other) => rank(one) - rank(other));
  }
}

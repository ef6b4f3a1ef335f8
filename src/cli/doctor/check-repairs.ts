import type { Reading } from '../../core/reading.ts';
import type { RecordedRepair } from '../../ports/history.ts';
import { describeRepairs, inLastDay } from '../repairs.ts';
import type { Check, Group } from './check.ts';
import { judged, verdictsOf } from './check.ts';

/** Whether somebody takes the service apart, as far as monitor has noticed. */
export function checkRepairs(repairs: Reading<readonly RecordedRepair[]>, now: Date): Group {
  return { title: 'Repairs', checks: [lastDay(repairs, now)] };
}

function lastDay(repairs: Reading<readonly RecordedRepair[]>, now: Date): Check {
  const verdicts = verdictsOf('repairs', 'put back by monitor');
  return judged(verdicts, repairs, 'nothing is recorded', (all) => {
    const recent = inLastDay(all, now);
    return recent.length === 0
      ? verdicts.ok('nothing in the last 24 hours')
      : verdicts.warning(
          describeRepairs(recent, now) ?? '',
          "somebody on this node takes it away: look at the neighbours below, and what ran at the times of 'aws-eni history'",
        );
  });
}

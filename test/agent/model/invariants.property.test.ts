import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mostCalls } from './act.ts';
import { converge } from './converge.ts';
import { happen } from './happen.ts';
import { schedules } from './schedule.ts';
import { createSimulation } from './simulation.ts';

/** More of them in `npm run soak`. */
const SCHEDULES = Number(process.env['AWS_ENI_SCHEDULES'] ?? 3_000);

test(`no promise is broken in ${SCHEDULES} schedules of two agents, whatever goes wrong`, {
  timeout: SCHEDULES * 60,
}, async () => {
  let callShare = 0;
  const property = fc.asyncProperty(schedules, async (schedule) => {
    const simulation = createSimulation(schedule);
    const { clock } = simulation.vpc;
    for (const event of schedule.events) {
      await clock.run(clock.sleep(event.afterMs));
      happen(simulation, event);
    }
    await converge(simulation, simulation.vpc[schedule.finallyOn]);
    callShare = Math.max(callShare, simulation.callShare);
    expect(simulation.broken).toEqual([]);
  });
  await fc.assert(property, { numRuns: SCHEDULES });
  // A start that never waited would say nothing about the bound.
  expect(callShare).toBeGreaterThan(0.3);
  expect(mostCalls(180_000)).toBeLessThanOrEqual(372);
});

import { expect } from 'vitest';
import { clusterScenario } from './cluster-scenario.ts';
import { failOverRepeatedly, renderFailovers } from './failover-series.ts';

/** `npm run soak` asks for more. */
const COUNT = Number(process.env['AWS_ENI_FAILOVERS'] ?? 10);

clusterScenario(
  `${COUNT} failovers in a row each end right`,
  { timeout: COUNT * 60_000 },
  async ({ cluster }) => {
    const failovers = await failOverRepeatedly(cluster, COUNT);
    process.stdout.write(`\n${renderFailovers(failovers)}\n`);
    expect(failovers).toHaveLength(COUNT);
  },
);

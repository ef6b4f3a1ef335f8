import { expect } from 'vitest';
import { mutatingCalls } from '../scenarios/expectations.ts';
import type { Cluster } from './cluster.ts';
import { clusterScenario } from './cluster-scenario.ts';
import { actionsOf, expectServedBy, moveTo, RESOURCE, runsOn } from './expectations.ts';
import { watchedWhile } from './watched.ts';

clusterScenario('a node is put in standby and back online', async ({ cluster }) => {
  const { a, b } = cluster.sandbox.nodes;
  await cluster.run('crm node standby node-a', a);
  await expectServedBy(cluster, b);
  await cluster.run('crm node online node-a', a);
  await expectServedBy(cluster, b);
  expect(await cluster.status()).toMatchObject({ fenced: [] });
  expect(runsOn(await cluster.status(), b)).toBe(true);
  // Crmsh 5.1 goes to another node by ssh, which is not there, and without a word does nothing.
  await cluster.run('crm node standby node-b', b);
  await expectServedBy(cluster, a);
});

clusterScenario('the resource is moved and moved back', async ({ cluster }) => {
  const { a, b } = cluster.sandbox.nodes;
  await moveTo(cluster, b);
  await expectServedBy(cluster, b);
  await moveTo(cluster, a);
  await expectServedBy(cluster, a);
});

/** Nothing was started or stopped, nothing of EC2 was changed, and no request of the client was lost meanwhile. */
async function expectUntouched(cluster: Cluster, work: () => Promise<void>): Promise<void> {
  const { a } = cluster.sandbox.nodes;
  const before = await actionsOf(cluster, a);
  await cluster.sandbox.resetRequests();
  expect(await watchedWhile(cluster, work)).toEqual({ outages: [], repeatedPackets: 0 });
  expect(await actionsOf(cluster, a)).toEqual(before);
  expect(await mutatingCalls(cluster.sandbox)).toEqual([]);
  await expectServedBy(cluster, a);
}

clusterScenario('a cleanup of the running resource touches nothing', async ({ cluster }) => {
  await expectUntouched(cluster, async () => {
    await cluster.run(`crm resource cleanup ${RESOURCE}`);
    await cluster.settled();
    await cluster.run(`crm resource refresh ${RESOURCE}`);
    await cluster.settled();
  });
});

clusterScenario(
  'maintenance mode on and off under the running resource touches nothing',
  async ({ cluster }) => {
    await expectUntouched(cluster, async () => {
      await cluster.run('crm configure property maintenance-mode=true');
      await cluster.until('unmanaged', ({ resources }) => resources.every(({ managed }) => !managed));
      await cluster.settled();
      await cluster.run('crm configure property maintenance-mode=false');
      await cluster.until('managed again', ({ resources }) => resources.every(({ managed }) => managed));
      await cluster.settled();
    });
  },
);

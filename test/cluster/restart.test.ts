import { expect } from 'vitest';
import { SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import { mutatingCalls } from '../scenarios/expectations.ts';
import type { Cluster } from './cluster.ts';
import { clusterScenario } from './cluster-scenario.ts';
import { expectServed, expectServedBy, runsOn } from './expectations.ts';
import { watchedWhile } from './watched.ts';

async function restartBoth(
  cluster: Cluster,
  meanwhile = async (): Promise<void> => undefined,
): Promise<void> {
  const { a, b } = cluster.sandbox.nodes;
  await Promise.all([a, b].map((node) => cluster.stopServices(node)));
  await meanwhile();
  await Promise.all([a, b].map((node) => cluster.startServices(node)));
  await cluster.until('online again', ({ nodes }) => nodes.filter(({ online }) => online).length === 2);
}

clusterScenario(
  'the cluster is restarted under the running resource, in maintenance mode: the client notices nothing',
  async ({ cluster }) => {
    const { a } = cluster.sandbox.nodes;
    await cluster.sandbox.resetRequests();
    const work = async (): Promise<void> => {
      await cluster.run('crm configure property maintenance-mode=true');
      await cluster.settled();
      await restartBoth(cluster);
      await cluster.run('crm configure property maintenance-mode=false');
      await cluster.until('managed on node a', (status) => runsOn(status, a));
      await cluster.settled();
    };
    expect(await watchedWhile(cluster, work)).toEqual({ outages: [], repeatedPackets: 0 });
    expect(await mutatingCalls(cluster.sandbox)).toEqual([]);
    await expectServedBy(cluster, a);
  },
);

for (const name of ['a', 'b'] as const) {
  clusterScenario(`the cluster is restarted with the ENI attached to node ${name}`, async ({ cluster }) => {
    const { sandbox } = cluster;
    await restartBoth(cluster, () =>
      sandbox.place(SERVICE_ENI, { attachedTo: sandbox.nodes[name].instanceId, deviceIndex: 1 }),
    );
    await expectServed(cluster);
    expect(await cluster.status()).toMatchObject({ fenced: [] });
  });
}

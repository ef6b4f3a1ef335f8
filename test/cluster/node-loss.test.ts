import { expect } from 'vitest';
import { cutLink, freeze, kill } from './break-node.ts';
import { clusterScenario } from './cluster-scenario.ts';
import { expectServedBy } from './expectations.ts';

clusterScenario('a node is killed: it is fenced, and the other one serves', async ({ cluster }) => {
  const { a, b } = cluster.sandbox.nodes;
  await kill(cluster, a);
  await expectServedBy(cluster, b);
  expect((await cluster.status()).fenced).toEqual([{ target: 'node-a', status: 'success' }]);
  await cluster.boot(a);
  await expectServedBy(cluster, b);
});

clusterScenario('a node is frozen: it is fenced, and the other one serves', async ({ cluster }) => {
  const { a, b } = cluster.sandbox.nodes;
  await freeze(cluster, a);
  await expectServedBy(cluster, b);
  expect((await cluster.status()).fenced).toEqual([{ target: 'node-a', status: 'success' }]);
  await cluster.boot(a);
  await expectServedBy(cluster, b);
});

clusterScenario(
  'the cluster link is cut: one node is fenced, and the other one serves',
  async ({ cluster }) => {
    const { a, b } = cluster.sandbox.nodes;
    await cutLink(cluster);
    await expectServedBy(cluster, b);
    expect((await cluster.status()).fenced).toEqual([{ target: 'node-a', status: 'success' }]);
    const { instances } = await cluster.sandbox.world();
    expect([instances[a.instanceId]?.power, instances[b.instanceId]?.power]).toEqual(['stopped', 'running']);
  },
);

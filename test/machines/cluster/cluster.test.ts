import { aroundAll, expect, test } from 'vitest';
import { kill } from '../../cluster/break-node.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { expectServedBy, isStarted, moveTo, RESOURCE } from '../../cluster/expectations.ts';
import { readmeConfiguration } from '../../cluster/readme-commands.ts';
import type { ServiceClient } from '../../sandbox/service-client.ts';
import { closing, underRequests, unnoticed } from '../machine-nodes.ts';
import { startMachineCluster } from './machine-cluster.ts';

let cluster: Cluster;
let client: ServiceClient;
aroundAll(async (runTests) => {
  cluster = await startMachineCluster();
  await closing(cluster.sandbox, cluster.close, () =>
    underRequests(cluster.sandbox, (requests) => {
      client = requests;
      return runTests();
    }),
  );
});

test('the README’s lines configure it, and the service is up', async () => {
  const { a } = cluster.sandbox.nodes;
  await cluster.run(readmeConfiguration());
  await cluster.until(`${RESOURCE} started`, isStarted);
  await moveTo(cluster, a);
  await expectServedBy(cluster, a);
  await client.answeredBy('node-a');
});

test('a move', async () => {
  const { b } = cluster.sandbox.nodes;
  await moveTo(cluster, b);
  await expectServedBy(cluster, b);
  await client.answeredBy('node-b');
});

test('a reboot of the idle node goes unnoticed', async () => {
  const { a, b } = cluster.sandbox.nodes;
  await unnoticed(client, async () => {
    const rebooted = cluster.sandbox.restarted(a.instanceId);
    await cluster.run('systemctl --no-block reboot', a);
    await rebooted;
    await cluster.run('mkdir -p /run/root /run/tmp', a);
    await cluster.until('both online', ({ nodes }) => nodes.filter(({ online }) => online).length === 2, b);
    await expectServedBy(cluster, b);
    expect((await cluster.status()).fenced).toEqual([]);
  });
});

test('the serving node loses its power: it is fenced, the other one serves, and goes on to when it is back', async () => {
  const { a, b } = cluster.sandbox.nodes;
  await kill(cluster, b);
  await client.answeredBy('node-a', 300_000);
  await expectServedBy(cluster, a);
  expect((await cluster.status(a)).fenced).toEqual([{ target: 'node-b', status: 'success' }]);
  await cluster.boot(b);
  await expectServedBy(cluster, a);
});

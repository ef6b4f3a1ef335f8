import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cluster } from './cluster.ts';
import { startServingCluster } from './cluster-scenario.ts';
import { expectServed, expectServedBy, failuresOf, moveTo, RESOURCE, untilServedBy } from './expectations.ts';
import { stallNext } from './stall-agent.ts';
import type { Step } from './time-limit.ts';
import { ec2, hungGuest, shortLimits, tooLate } from './time-limit.ts';

const steps: readonly Step[] = [
  { where: 'looking at the kernel', ip: 'look' },
  { where: 'before taking anything off the node', ip: 'apply' },
  { where: 'after taking it off the node', ip: 'applied' },
  { where: 'detaching, before EC2 has heard of it', ...ec2('DetachNetworkInterface', 'black-hole') },
  { where: 'detaching, after EC2 has done it', ...ec2('DetachNetworkInterface', tooLate) },
  { where: 'waiting for the release', hang: hungGuest('a').hang },
];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startServingCluster({ replace: shortLimits });
});
afterAll(() => cluster.close());

test('a monitor that Pacemaker ends: the resource is recovered', async () => {
  const { a } = cluster.sandbox.nodes;
  await stallNext(a, 'monitor', 'look');
  const failure = `${RESOURCE}_monitor_5000 on node-a: error`;
  await expect.poll(async () => failuresOf(await cluster.status()), { timeout: 60_000 }).toEqual([failure]);
  await expectServed(cluster, [failure]);
  await cluster.run(`crm resource cleanup ${RESOURCE}`);
  expect(await cluster.sandbox.violations()).toEqual([]);
});

test.for(steps)(
  'a stop that Pacemaker ends, the node is fenced, the other serves: $where',
  async ({ hang, ip }) => {
    const { a, b } = cluster.sandbox.nodes;
    await moveTo(cluster, a);
    await stallNext(a, 'stop', ip);
    await hang?.(cluster);
    await cluster.run('crm node standby node-a', b);
    await untilServedBy(cluster, b);
    const { instances } = await cluster.sandbox.world();
    expect(instances[a.instanceId]?.power).toBe('stopped');
    await cluster.boot(a);
    // Not before: crmsh changes nothing of a node that is off.
    await cluster.run('crm node online node-a', b);
    await expectServedBy(cluster, b);
    expect(await cluster.sandbox.violations()).toEqual([]);
  },
);

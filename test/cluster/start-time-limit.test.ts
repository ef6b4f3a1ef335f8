import { afterAll, beforeAll, expect, test } from 'vitest';
import { SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import type { Cluster } from './cluster.ts';
import { startServingCluster } from './cluster-scenario.ts';
import { expectServed, failuresOf, RESOURCE } from './expectations.ts';
import { stallNext } from './stall-agent.ts';
import type { Step } from './time-limit.ts';
import { ec2, hungGuest, shortLimits, tooLate } from './time-limit.ts';

const steps: readonly Step[] = [
  { where: 'looking at the kernel', ip: 'look' },
  {
    where: 'asking the metadata service',
    hang: ({ sandbox }) => sandbox.setImds(sandbox.nodes.b.instanceId, 'black-hole'),
    mend: ({ sandbox }) => sandbox.setImds(sandbox.nodes.b.instanceId, 'on'),
  },
  { where: 'describing the ENI', ...ec2('DescribeNetworkInterfaces', 'black-hole') },
  { where: 'describing the instances', ...ec2('DescribeInstances', 'black-hole') },
  { where: 'trying whether it may attach', ...ec2('AttachNetworkInterface', 'black-hole') },
  { where: 'detaching, before EC2 has heard of it', ...ec2('DetachNetworkInterface', 'black-hole') },
  { where: 'detaching, after EC2 has done it', ...ec2('DetachNetworkInterface', tooLate) },
  { where: 'waiting for the release', ...hungGuest('a') },
  {
    where: 'attaching, before EC2 has heard of it',
    isFree: true,
    ...ec2('AttachNetworkInterface', 'black-hole'),
  },
  { where: 'attaching, after EC2 has done it', isFree: true, ...ec2('AttachNetworkInterface', tooLate) },
  { where: 'waiting for the device', ...hungGuest('b') },
  { where: 'before configuring the device', ip: 'apply' },
  { where: 'after configuring the device', ip: 'applied' },
];

const failure = `${RESOURCE}_start_0 on node-b: error`;
let cluster: Cluster;
beforeAll(async () => {
  const also = `crm configure location on-b ${RESOURCE} 100: node-b\n`;
  cluster = await startServingCluster({ replace: shortLimits, also });
});
afterAll(() => cluster.close());

test.for(steps)('a start that Pacemaker ends: $where', async ({ isFree, hang, mend, ip }) => {
  const { sandbox, run, settled, status, until } = cluster;
  const { a, b } = sandbox.nodes;
  await run(`crm resource stop ${RESOURCE}; crm resource cleanup ${RESOURCE}`);
  await until('stopped', ({ resources }) =>
    resources.some(({ id, on }) => id === RESOURCE && on.length === 0),
  );
  await settled();
  await sandbox.place(SERVICE_ENI, isFree ? 'available' : { attachedTo: a.instanceId, deviceIndex: 1 });
  await stallNext(b, 'start', ip);
  await hang?.(cluster);
  await run(`crm resource start ${RESOURCE}`);
  await expect.poll(async () => failuresOf(await status()), { timeout: 60_000 }).toEqual([failure]);
  await mend?.(cluster);

  await expectServed(cluster, [failure]);
  expect((await status()).fenced).toEqual([]);
  expect(await sandbox.violations()).toEqual([]);
});

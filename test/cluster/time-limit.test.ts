import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultRule } from '../sandbox/http/faults.ts';
import { SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import type { Cluster } from './cluster.ts';
import { startServingCluster } from './cluster-scenario.ts';
import { expectServedBy, failuresOf, moveTo, RESOURCE, untilServedBy } from './expectations.ts';
import type { IpStep } from './stall-agent.ts';
import { stallNext } from './stall-agent.ts';

/** A request that hangs does so until Pacemaker's limit: the agent's own would have it tried again before. */
const replace = {
  'params eni_id=eni-0a1b2c3d4e5f60718': 'params eni_id=eni-0a1b2c3d4e5f60718 request_timeout=60s',
  'op start timeout=180s': 'op start timeout=8s',
  'op stop timeout=180s': 'op stop timeout=8s',
  'op monitor timeout=30s interval=20s': 'op monitor timeout=5s interval=5s',
};

interface Step {
  readonly where: string;
  /** Has the step hang; where it does not say so, a call of ip does. */
  readonly hang?: (cluster: Cluster) => Promise<void>;
  /** Ends what `hang` began, once the action has been ended. */
  readonly mend?: (cluster: Cluster) => Promise<void>;
  readonly ip?: IpStep;
}

function ec2(action: string, fault: FaultRule['do']): Pick<Step, 'hang'> {
  const rule: FaultRule = { match: { service: 'ec2', action }, times: 1, do: fault };
  return { hang: ({ sandbox }) => sandbox.fault(rule) };
}

/** Done, and the answer comes when nobody waits for it any more. */
const tooLate = { delayMs: 60_000 };

const startSteps: readonly Step[] = [
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
  {
    where: 'waiting for the device',
    hang: ({ sandbox }) => sandbox.hang(sandbox.nodes.b.instanceId),
    mend: ({ sandbox }) => sandbox.unhang(sandbox.nodes.b.instanceId),
  },
  { where: 'before configuring the device', ip: 'apply' },
  { where: 'after configuring the device', ip: 'applied' },
];

const stopSteps: readonly Step[] = [
  { where: 'looking at the kernel', ip: 'look' },
  { where: 'before taking anything off the node', ip: 'apply' },
  { where: 'after taking it off the node', ip: 'applied' },
  { where: 'detaching, before EC2 has heard of it', ...ec2('DetachNetworkInterface', 'black-hole') },
  { where: 'detaching, after EC2 has done it', ...ec2('DetachNetworkInterface', tooLate) },
];

describe('a start that Pacemaker ends', () => {
  const failure = `${RESOURCE}_start_0 on node-b: error`;
  let cluster: Cluster;
  beforeAll(async () => {
    const also = `crm configure location on-b ${RESOURCE} 100: node-b\n`;
    cluster = await startServingCluster({ replace, also });
  });
  afterAll(() => cluster.close());

  test.for(startSteps)('$where', async ({ hang, mend, ip }) => {
    const { sandbox, run, settled, status, until } = cluster;
    const { a, b } = sandbox.nodes;
    await run(`crm resource stop ${RESOURCE}; crm resource cleanup ${RESOURCE}`);
    await until('stopped', ({ resources }) =>
      resources.some(({ id, on }) => id === RESOURCE && on.length === 0),
    );
    await settled();
    // The start on node b finds the ENI at node a, where nothing runs: each step of a takeover is there to be taken.
    await sandbox.place(SERVICE_ENI, { attachedTo: a.instanceId, deviceIndex: 1 });
    await stallNext(cluster, b, 'start', ip);
    await hang?.(cluster);
    await run(`crm resource start ${RESOURCE}`);
    await expect.poll(async () => failuresOf(await status()), { timeout: 60_000 }).toEqual([failure]);
    await mend?.(cluster);

    const recovered = await until('started again', ({ resources }) =>
      resources.some(({ id, role }) => id === RESOURCE && role === 'Started'),
    );
    const on = recovered.resources.find(({ id }) => id === RESOURCE)?.on[0];
    await expectServedBy(cluster, on === 'node-a' ? a : b, [failure]);
    expect((await status()).fenced).toEqual([]);
    expect(await sandbox.violations()).toEqual([]);
  });
});

describe('a stop that Pacemaker ends: the node is fenced, the other one serves', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startServingCluster({ replace });
  });
  afterAll(() => cluster.close());

  test.for(stopSteps)('$where', async ({ hang, ip }) => {
    const { a, b } = cluster.sandbox.nodes;
    await moveTo(cluster, a);
    await stallNext(cluster, a, 'stop', ip);
    await hang?.(cluster);
    await cluster.run('crm node standby node-a', b);
    await untilServedBy(cluster, b);
    const { instances } = await cluster.sandbox.world();
    expect(instances[a.instanceId]?.power).toBe('stopped');
    await cluster.run('crm node online node-a', b);
    await cluster.boot(a);
    await expectServedBy(cluster, b);
    expect(await cluster.sandbox.violations()).toEqual([]);
  });
});

describe('a monitor that Pacemaker ends', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startServingCluster({ replace });
  });
  afterAll(() => cluster.close());

  test('the resource is recovered on its node', async () => {
    const { a } = cluster.sandbox.nodes;
    await stallNext(cluster, a, 'monitor', 'look');
    const failure = `${RESOURCE}_monitor_5000 on node-a: error`;
    await expect.poll(async () => failuresOf(await cluster.status()), { timeout: 60_000 }).toEqual([failure]);
    await expectServedBy(cluster, a, [failure]);
    expect(await cluster.sandbox.violations()).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import { mutatingCalls } from '../scenarios/expectations.ts';
import { deviceOf, readNetwork } from '../scenarios/node-network.ts';
import type { Cluster } from './cluster.ts';
import { startServingCluster } from './cluster-scenario.ts';
import { actionsOf, expectServed, expectServedBy, failuresOf, moveTo, RESOURCE } from './expectations.ts';
import { watchedWhile } from './watched.ts';

const INTERVAL_MS = 5_000;
/** What a busy machine may add to a monitor's turn. */
const SLACK_MS = 10_000;
const replace = { 'op monitor timeout=30s interval=20s': 'op monitor timeout=30s interval=5s' };
const operation = `${RESOURCE}_monitor_${INTERVAL_MS} on node-a`;

/** Commands that take a part of the service away from outside; DEV stands for the ENI's device. */
const damages = {
  'the rule is deleted': 'ip rule delete priority 100',
  'the default route is deleted': 'ip route delete default table 100',
  'the subnet route is deleted': 'ip route delete 10.2.0.0/24 table 100',
  'the address is deleted': 'ip address delete 10.2.0.10/24 dev DEV',
  'the link is set down': 'ip link set DEV down',
} as const;

async function damage(cluster: Cluster, command: string): Promise<void> {
  const { a } = cluster.sandbox.nodes;
  await cluster.run(command.replaceAll('DEV', await deviceOf(a, '02:d4:e5:f6:07:18')), a);
}

/** Found by the monitor whose turn is next: it shows as what crm_mon calls a failed action. */
async function expectFound(cluster: Cluster, failure: string): Promise<void> {
  const found = async (): Promise<readonly string[]> => failuresOf(await cluster.status());
  await expect.poll(found, { timeout: INTERVAL_MS + SLACK_MS, interval: 50 }).toEqual([failure]);
}

async function cleanUp(cluster: Cluster): Promise<void> {
  await cluster.run(`crm resource cleanup ${RESOURCE}`);
  await moveTo(cluster, cluster.sandbox.nodes.a);
  await expectServedBy(cluster, cluster.sandbox.nodes.a);
}

describe('recovered by the cluster', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startServingCluster({ replace });
  });
  afterAll(() => cluster.close());

  test.for(Object.entries(damages))('%s', async ([, command]) => {
    const borne = await watchedWhile(cluster, async () => {
      await damage(cluster, command);
      await expectFound(cluster, `${operation}: error`);
      await expectServed(cluster, [`${operation}: error`]);
    });
    expect(borne.outages.length).toBeLessThanOrEqual(1);
    await cleanUp(cluster);
  });

  test('the ENI is detached', async () => {
    const borne = await watchedWhile(cluster, async () => {
      await cluster.sandbox.place(SERVICE_ENI, 'available');
      await expectFound(cluster, `${operation}: error`);
      await expectServed(cluster, [`${operation}: error`]);
    });
    // A recovery can be over before a patient client's first request is lost; the network lost some of it in any case.
    expect(borne.outages.length).toBeLessThanOrEqual(1);
    expect(borne.repeatedPackets).toBeGreaterThan(0);
    await cleanUp(cluster);
    expect(await cluster.sandbox.violations()).toEqual([]);
  });
});

describe('repaired in place with repair=true', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startServingCluster({
      replace,
      also: `crm resource param ${RESOURCE} set repair true\n`,
    });
  });
  afterAll(() => cluster.close());

  test.for(Object.entries(damages))('%s', async ([, command]) => {
    const { a } = cluster.sandbox.nodes;
    const whole = await readNetwork(a);
    const actions = await actionsOf(cluster, a);
    await cluster.sandbox.resetRequests();
    const borne = await watchedWhile(cluster, async () => {
      await damage(cluster, command);
      expect(await readNetwork(a)).not.toEqual(whole);
      await expectFound(cluster, `${operation}: OCF_DEGRADED`);
      expect(await readNetwork(a)).toEqual(whole);
      await expectServedBy(cluster, a, [`${operation}: OCF_DEGRADED`]);
    });
    // One stretch, which is the fault's own: it ends with the repair, and none follows.
    expect(borne.outages.length).toBeLessThanOrEqual(1);
    expect(await actionsOf(cluster, a)).toEqual(actions);
    expect(await mutatingCalls(cluster.sandbox)).toEqual([]);
    expect(await cluster.run(`crm resource failcount ${RESOURCE} show node-a`)).toContain('value=0');
    await cleanUp(cluster);
  });

  test('the ENI is detached: nothing is there to repair, so the cluster recovers it', async () => {
    await cluster.sandbox.place(SERVICE_ENI, 'available');
    await expectFound(cluster, `${operation}: error`);
    await expectServed(cluster, [`${operation}: error`]);
    expect(await cluster.sandbox.violations()).toEqual([]);
  });
});

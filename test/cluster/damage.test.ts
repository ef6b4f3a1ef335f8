import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import { callCommand, callForJson } from '../scenarios/commands/call-command.ts';
import { mutatingCalls } from '../scenarios/expectations.ts';
import { deviceOf, readNetwork } from '../scenarios/node-network.ts';
import type { Cluster } from './cluster.ts';
import { startServingCluster } from './cluster-scenario.ts';
import { actionsOf, expectServed, expectServedBy, failuresOf, moveTo, RESOURCE } from './expectations.ts';
import type { MonitorRecord } from './monitor-record.ts';
import { recordMonitors } from './monitor-record.ts';
import { watchedWhile } from './watched.ts';

const INTERVAL_MS = 5_000;
/** Of a test for the monitor whose turn is next, on a machine that is busy. */
const PATIENCE_MS = 30_000;
const replace = { 'op monitor timeout=30s interval=20s': 'op monitor timeout=30s interval=5s' };
const operation = `${RESOURCE}_monitor_${INTERVAL_MS} on node-a`;

/** What a monitor reports. */
const [OK, DEGRADED] = [0, 190];

/** Commands that take a part of the service away from outside; DEV stands for the ENI's device. */
const damages = {
  'the rule is deleted': 'ip rule delete priority 100',
  'the default route is deleted': 'ip route delete default table 100',
  'the subnet route is deleted': 'ip route delete 10.2.0.0/24 table 100',
  'the address is deleted': 'ip address delete 10.2.0.10/24 dev DEV',
  'the link is set down': 'ip link set DEV down',
} as const;

/** What is wrapped for a terminal. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

async function onDevice({ sandbox }: Cluster, command: string): Promise<string> {
  return command.replaceAll('DEV', await deviceOf(sandbox.nodes.a, '02:d4:e5:f6:07:18'));
}

async function damage(cluster: Cluster, command: string): Promise<void> {
  await cluster.run(await onDevice(cluster, command), cluster.sandbox.nodes.a);
}

/** Found by the monitor whose turn is next: it shows as what crm_mon calls a failed action. */
async function expectFound(cluster: Cluster, failure: string): Promise<void> {
  const found = async (): Promise<readonly string[]> => failuresOf(await cluster.status());
  await expect.poll(found, { timeout: PATIENCE_MS, interval: 50 }).toEqual([failure]);
}

async function cleanUp(cluster: Cluster): Promise<void> {
  await cluster.run(`crm resource cleanup ${RESOURCE}`);
  await moveTo(cluster, cluster.sandbox.nodes.a);
  await expectServedBy(cluster, cluster.sandbox.nodes.a);
}

describe('recovered by the cluster with repair=false', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startServingCluster({
      replace,
      also: `crm resource param ${RESOURCE} set repair false\n`,
    });
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

describe('repaired in place', () => {
  let cluster: Cluster;
  let monitors: MonitorRecord;
  beforeAll(async () => {
    cluster = await startServingCluster({ replace });
    monitors = await recordMonitors(cluster.sandbox.nodes.a);
  });
  afterAll(() => cluster.close());

  test.for(Object.entries(damages))('%s', async ([, command]) => {
    const { a } = cluster.sandbox.nodes;
    const whole = await readNetwork(a);
    const actions = await actionsOf(cluster, a);
    await cluster.sandbox.resetRequests();
    const borne = await watchedWhile(cluster, async () => {
      await monitors.noting(await onDevice(cluster, command));
      // 'Degraded' shows that something was missing; it may be back before we look.
      await expectFound(cluster, `${operation}: OCF_DEGRADED`);
      expect(await readNetwork(a)).toEqual(whole);
      // Within one interval: no monitor came and went in between.
      const { meanwhile, after } = await monitors.reports();
      expect([...meanwhile.filter((code) => code !== OK), ...after][0]).toBe(DEGRADED);
      await expectServedBy(cluster, a, [`${operation}: OCF_DEGRADED`]);
    });
    // One stretch, which is the fault's own: it ends with the repair, and none follows.
    expect(borne.outages.length).toBeLessThanOrEqual(1);
    expect(await actionsOf(cluster, a)).toEqual(actions);
    expect(await mutatingCalls(cluster.sandbox)).toEqual([]);
    expect(await cluster.run(`crm resource failcount ${RESOURCE} show node-a`)).toContain('value=0');
    await cleanUp(cluster);
  });

  test('in maintenance nobody puts anything back, and a check by hand only tells', async () => {
    const { a } = cluster.sandbox.nodes;
    const whole = await readNetwork(a);
    await cluster.run(`crm resource maintenance ${RESOURCE} on`);
    await cluster.settled();
    await damage(cluster, damages['the rule is deleted']);
    const damaged = await readNetwork(a);
    await new Promise((resolve) => setTimeout(resolve, 2 * INTERVAL_MS));
    const checked = await cluster.run(`crm_resource --resource ${RESOURCE} --force-check 2>&1 || true`, a);
    expect(checked).toMatch(/missing rule 100: .*the next monitor of the cluster does so without one/);
    expect(await readNetwork(a)).toEqual(damaged);
    const actions = await actionsOf(cluster, a);
    await cluster.run(`crm resource maintenance ${RESOURCE} off`);
    await expectFound(cluster, `${operation}: OCF_DEGRADED`);
    expect(await readNetwork(a)).toEqual(whole);
    expect(await actionsOf(cluster, a)).toEqual(actions);
    await cleanUp(cluster);
  });

  test('show, history and doctor tell of it', async () => {
    const { a } = cluster.sandbox.nodes;
    await damage(cluster, damages['the rule is deleted']);
    await expectFound(cluster, `${operation}: OCF_DEGRADED`);
    const shown = await callCommand(cluster.sandbox, a, ['show']);
    expect(shown.exitCode).toBe(0);
    expect(oneLine(shown.stdout)).toMatch(/Repairs \d+ in the last 24 hours, the latest .*: rule 100: from/);
    const { data } = await callForJson(cluster.sandbox, a, ['history']);
    const repairs = data['repairs'] as readonly { readonly missing: readonly string[] }[];
    expect(repairs.at(-1)?.missing).toEqual(['rule 100: from 10.2.0.10/32 lookup 100']);
    expect(data['repairsInLastDay']).toBe(repairs.length);
    const doctor = await callCommand(cluster.sandbox, a, ['doctor']);
    expect(oneLine(doctor.stdout)).toMatch(
      /warning put back by monitor: \d+ in the last 24 hours, the latest .*: rule 100: from/,
    );
    await cleanUp(cluster);
  });

  test('the ENI is detached: nothing is there to repair, so the cluster recovers it', async () => {
    await cluster.sandbox.place(SERVICE_ENI, 'available');
    await expectFound(cluster, `${operation}: error`);
    await expectServed(cluster, [`${operation}: error`]);
    expect(await cluster.sandbox.violations()).toEqual([]);
  });
});

import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { clusterScenario, clusterScenarioWith } from './cluster-scenario.ts';
import { actionsOf, expectServed, expectServedBy, failuresOf, isStarted, RESOURCE } from './expectations.ts';
import { PACEMAKER_LOG } from './services.ts';
import { watchedWhile } from './watched.ts';

const OUTAGE_MS = 120_000;

clusterScenario(
  'EC2 is unreachable for two minutes under a healthy resource: nothing happens',
  async ({ cluster }) => {
    const { a } = cluster.sandbox.nodes;
    const actions = await actionsOf(cluster, a);
    await cluster.sandbox.resetRequests();
    const borne = await watchedWhile(cluster, async () => {
      await cluster.sandbox.setEndpoint('black-hole');
      await pause(OUTAGE_MS);
      expect((await cluster.status()).failures).toEqual([]);
      await cluster.sandbox.setEndpoint('on');
    });
    expect(borne).toEqual({ outages: [], repeatedPackets: 0 });
    expect(await actionsOf(cluster, a)).toEqual(actions);
    // The address was the healthy monitor's business with EC2 at no time.
    expect((await cluster.sandbox.requests()).filter(({ service }) => service === 'ec2')).toEqual([]);
    await expectServedBy(cluster, a);
  },
);

clusterScenario(
  'EC2 is unreachable at a planned move: the service goes on when EC2 answers',
  async ({ cluster }) => {
    const { a, b } = cluster.sandbox.nodes;
    const before = await actionsOf(cluster, b);
    await cluster.sandbox.setEndpoint('unreachable');
    await cluster.run(`crm resource move ${RESOURCE} node-b`);
    await expect.poll(() => actionsOf(cluster, b), { timeout: 60_000 }).toEqual([...before, 'start']);
    expect((await actionsOf(cluster, a)).at(-1)).toBe('stop');
    await pause(5_000);
    expect((await cluster.status()).failures).toEqual([]);
    await cluster.sandbox.setEndpoint('on');
    await cluster.run(`crm resource clear ${RESOURCE}`);
    // The stop on a could only isolate it.
    await expectServedBy(cluster, b, [], 'notices');
    expect((await cluster.status()).fenced).toEqual([]);
  },
);

clusterScenarioWith({ replace: { 'op start timeout=180s': 'op start timeout=15s' } })(
  'EC2 is away for longer than a start may take: it is tried again until EC2 answers',
  async ({ cluster }) => {
    const { a, b } = cluster.sandbox.nodes;
    /** Starts that have failed, on whichever node. */
    const failed = async (): Promise<number> => {
      const logs = await Promise.all([a, b].map((node) => cluster.run(`cat ${PACEMAKER_LOG}`, node)));
      return (
        logs.join('').match(new RegExp(`Result of start operation for ${RESOURCE} on \\S+: error`, 'g'))
          ?.length ?? 0
      );
    };
    await cluster.sandbox.setEndpoint('unreachable');
    await cluster.run(`crm resource move ${RESOURCE} node-b`);
    await cluster.run(`crm resource clear ${RESOURCE}`);
    await expect.poll(failed, { timeout: 120_000 }).toBeGreaterThan(1);
    await cluster.sandbox.setEndpoint('on');
    const status = await cluster.until('started again', isStarted);
    expect(status.fenced).toEqual([]);
    await expectServed(cluster, failuresOf(status), 'notices');
  },
);

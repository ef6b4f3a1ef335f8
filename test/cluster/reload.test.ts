import { expect } from 'vitest';
import { mutatingCalls } from '../scenarios/expectations.ts';
import { clusterScenarioWith } from './cluster-scenario.ts';
import { actionsOf, expectServedBy, failuresOf, RESOURCE } from './expectations.ts';
import { watchedWhile } from './watched.ts';

const replace = { 'op monitor timeout=30s interval=20s': 'op monitor timeout=30s interval=5s' };

const also = `crm resource param ${RESOURCE} set repair false\n`;

clusterScenarioWith({ replace, also })(
  'rule_priority and repair are changed under the running resource: the client loses nothing',
  async ({ cluster }) => {
    const { a } = cluster.sandbox.nodes;
    const actions = await actionsOf(cluster, a);
    const rules = (): Promise<string> => cluster.run('ip rule show', a);
    expect(await rules()).toMatch(/^100:\s+from 10\.2\.0\.10 lookup MYHA/m);
    await cluster.sandbox.resetRequests();
    const borne = await watchedWhile(cluster, async () => {
      await cluster.run(`crm resource param ${RESOURCE} set rule_priority 200`);
      await expect.poll(rules, { timeout: 30_000 }).toMatch(/^200:\s+from 10\.2\.0\.10 lookup MYHA/m);
      expect(await rules()).not.toMatch(/^100:/m);
      await cluster.run(`crm resource param ${RESOURCE} set repair true`);
      await cluster.settled();
    });
    expect(borne).toEqual({ outages: [], repeatedPackets: 0 });
    expect(await actionsOf(cluster, a)).toEqual(actions);
    expect(await mutatingCalls(cluster.sandbox)).toEqual([]);
    await expectServedBy(cluster, a);

    // The new value of repair is in force: a lost rule comes back where it was, without a restart.
    await cluster.run('ip rule delete priority 200', a);
    await expect.poll(rules, { timeout: 30_000 }).toMatch(/^200:/m);
    await expect
      .poll(async () => failuresOf(await cluster.status()), { timeout: 10_000 })
      .toEqual([`${RESOURCE}_monitor_5000 on node-a: OCF_DEGRADED`]);
    expect(await actionsOf(cluster, a)).toEqual(actions);
  },
);

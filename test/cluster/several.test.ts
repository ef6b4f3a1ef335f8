import { expect } from 'vitest';
import { askOnce, holderOf } from '../scenarios/expectations.ts';
import { kill } from './break-node.ts';
import { SERVICE_PORT } from './cluster.ts';
import { clusterScenarioWith } from './cluster-scenario.ts';
import { expectServedBy, moveTo, RESOURCE, runsOn } from './expectations.ts';
import { PACEMAKER_LOG } from './services.ts';

const DEPENDANT = 'my-database';
const group = `crm configure primitive ${DEPENDANT} ocf:heartbeat:Dummy op monitor interval=10s timeout=20s
crm configure group service ${RESOURCE} ${DEPENDANT}
`;

clusterScenarioWith({ also: group })(
  'a group: what needs the address starts after it and stops before it',
  async ({ cluster }) => {
    const { a, b } = cluster.sandbox.nodes;
    /** Operations on the group's members that have ended well on this node, in order. */
    const operations = async (node: typeof a): Promise<readonly string[]> => {
      const log = await cluster.run(`cat ${PACEMAKER_LOG}`, node);
      return [...log.matchAll(/Result of (start|stop) operation for (\S+) on \S+: ok/g)]
        .map(([, action, id]) => `${action} ${id}`)
        .filter((operation) => !operation.includes(' fencing-'));
    };
    const untilBothOn = (node: typeof a): Promise<unknown> =>
      cluster.until(
        'group started',
        (status) => runsOn(status, node) && runsOn(status, node, DEPENDANT),
        node,
      );
    await untilBothOn(a);
    const before = (await operations(a)).length;
    await cluster.run('crm node standby node-a', a);
    await untilBothOn(b);
    expect((await operations(a)).slice(before)).toEqual([`stop ${DEPENDANT}`, `stop ${RESOURCE}`]);
    expect((await operations(b)).slice(-2)).toEqual([`start ${RESOURCE}`, `start ${DEPENDANT}`]);
    await expectServedBy(cluster, b);
    await cluster.run('crm node online node-a', a);
    await kill(cluster, b);
    await untilBothOn(a);
    expect((await operations(a)).slice(-2)).toEqual([`start ${RESOURCE}`, `start ${DEPENDANT}`]);
    await expectServedBy(cluster, a);
  },
);

const second = {
  id: 'eni-0b5f607180a1b2c3d',
  ipv4: ['10.2.0.20'],
} as const;
const primitive = `crm configure primitive second-eni ocf:custom:aws-eni \
    params eni_id=${second.id} routing_table=MYHA2 routing_table_id=101 \
    op start timeout=180s interval=0s op stop timeout=180s interval=0s op monitor timeout=30s interval=20s
`;

clusterScenarioWith({ also: primitive, sandbox: { moreEnis: [second] } })(
  'two resources with a table each, together and apart',
  async ({ cluster }) => {
    const { sandbox } = cluster;
    const { a, b } = sandbox.nodes;
    const answers = (): Promise<readonly string[]> =>
      Promise.all(['10.2.0.10', '10.2.0.20'].map((address) => askOnce(sandbox, address, SERVICE_PORT)));
    await cluster.until('both started', ({ resources }) => resources.every(({ role }) => role === 'Started'));
    await moveTo(cluster, a, 'second-eni');
    expect(await answers()).toEqual(['node-a', 'node-a']);
    const rules = await cluster.run('ip rule show', a);
    expect(rules).toMatch(/^100:\s+from 10\.2\.0\.10 lookup MYHA\s/m);
    expect(rules).toMatch(/^100:\s+from 10\.2\.0\.20 lookup MYHA2\s/m);
    await moveTo(cluster, b, 'second-eni');
    expect(await answers()).toEqual(['node-a', 'node-b']);
    expect([await holderOf(sandbox), await holderOf(sandbox, second.id)]).toEqual([
      a.instanceId,
      b.instanceId,
    ]);
    expect(await cluster.run('ip rule show', a)).not.toContain('MYHA2');
    await kill(cluster, a);
    await cluster.until(
      'both on node b',
      (status) => runsOn(status, b) && runsOn(status, b, 'second-eni'),
      b,
    );
    expect(await answers()).toEqual(['node-b', 'node-b']);
    await cluster.settled(b);
    expect((await cluster.status(b)).failures).toEqual([]);
  },
);

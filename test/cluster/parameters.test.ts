import { expect, test } from 'vitest';
import type { ParameterName } from '../../src/ocf/parameters.ts';
import { parameters } from '../../src/ocf/parameters.ts';
import { SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import { holderOf } from '../scenarios/expectations.ts';
import { placeCredentials } from '../scenarios/place-credentials.ts';
import type { Cluster } from './cluster.ts';
import { startServingCluster } from './cluster-scenario.ts';
import { expectServedBy, RESOURCE } from './expectations.ts';
import { PACEMAKER_LOG } from './services.ts';

const OTHER_ENI = 'eni-0b5f607180a1b2c3d';

interface Change {
  readonly to: string;
  /** A shell command on the serving node, and what it prints once the change is in force. */
  readonly shows?: readonly [command: string, printed: RegExp];
}

/** A new value of each, in an order in which each goes with those before it. */
const changes: Readonly<Record<ParameterName, Change>> = {
  rule_priority: { to: '200', shows: ['ip rule show', /^200:\s+from 10\.2\.0\.10 lookup MYHA/m] },
  rule_from: { to: '10.2.0.10/32,10.9.0.0/24', shows: ['ip rule show', /^200:\s+from 10\.9\.0\.0\/24/m] },
  mtu: { to: '1400', shows: ['ip link show', /mtu 1400/] },
  router: { to: '10.2.0.1' },
  manage_addresses: { to: 'true' },
  detach_mode: { to: 'graceful' },
  force_after: { to: '40s' },
  detach_on_stop: { to: 'true' },
  stop_fallback: { to: 'fail' },
  repair: { to: 'false' },
  exclusive: { to: 'true' },
  profile: { to: 'cluster' },
  endpoint_url: { to: 'http://10.1.0.1:8773' },
  connect_timeout: { to: '3s' },
  request_timeout: { to: '9s' },
  max_attempts: { to: '3' },
  region: { to: 'eu-central-1' },
  device_index: { to: '3' },
  routing_table: { to: 'MYHA7', shows: ['ip rule show', /lookup MYHA7/] },
  routing_table_id: {
    to: '150',
    shows: [
      'grep -rh MYHA /etc/iproute2; ip route show table 100; echo and; ip route show table 150',
      /^150\s+MYHA7\nand\n.*via 10\.2\.0\.1/,
    ],
  },
  ip: { to: '10.2.0.10' },
  eni_id: { to: OTHER_ENI },
};

/** What Pacemaker has called on node a. */
async function calledOn(cluster: Cluster): Promise<readonly string[]> {
  const log = await cluster.run(`cat ${PACEMAKER_LOG}`, cluster.sandbox.nodes.a);
  const called = new RegExp(
    `Requesting local execution of (start|stop|reload)(?:-agent)? operation for ${RESOURCE} `,
    'g',
  );
  return [...log.matchAll(called)].map(([, action = '']) => action);
}

test('each parameter, changed under the running resource, is reloaded or the resource restarted, and the service is there', async () => {
  const cluster = await startServingCluster({
    sandbox: { moreEnis: [{ id: OTHER_ENI, ipv4: ['10.2.0.20'] }] },
  });
  try {
    const { sandbox } = cluster;
    const { a, b } = sandbox.nodes;
    for (const node of [a, b]) {
      await placeCredentials(node, '/run/role');
      await cluster.run(
        "mkdir -p /run/root/.aws && printf '[profile cluster]\\ncredential_process = cat /run/role\\n' > /run/root/.aws/config",
        node,
      );
    }
    for (const [name, { to, shows }] of Object.entries(changes)) {
      // It would name the other ENI no more.
      if (name === 'eni_id') {
        await cluster.run(`crm resource param ${RESOURCE} delete ip`, a);
        await cluster.settled(a);
      }
      const called = (await calledOn(cluster)).length;
      await cluster.run(`crm resource param ${RESOURCE} set ${name} ${to}`, a);
      await cluster.settled(a);
      const { reloadable } = parameters[name as ParameterName];
      expect({ name, called: (await calledOn(cluster)).slice(called) }).toEqual({
        name,
        called: reloadable ? ['reload'] : ['stop', 'start'],
      });
      if (shows !== undefined) expect(await cluster.run(shows[0], a)).toMatch(shows[1]);
      if (name !== 'eni_id') await expectServedBy(cluster, a);
    }
    expect([await holderOf(sandbox, OTHER_ENI), await holderOf(sandbox, SERVICE_ENI)]).toEqual([
      a.instanceId,
      undefined,
    ]);
    expect((await cluster.status()).failures).toEqual([]);
    expect(await sandbox.violations()).toEqual([]);
  } finally {
    await cluster.close();
  }
});

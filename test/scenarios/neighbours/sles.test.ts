import { describe, expect } from 'vitest';
import { startEcho } from '../../sandbox/programs.ts';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { NODE_A, SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import type { ServiceClient } from '../../sandbox/service-client.ts';
import { startServiceClient } from '../../sandbox/service-client.ts';
import { callAgent } from '../agent.ts';
import { whoAnswers } from '../expectations.ts';
import { scenarioIn } from '../scenario.ts';
import { becomeSles, filesOf, HOOK_LOG, IFCFG, script, startUdev } from './distribution.ts';
import { expectOwnTraffic, HOST_ENI, SERVICE_PORT, startHost } from './host.ts';

const sles = {
  deviceNames: ['eth1'],
  rename: 'never',
  privateDirectories: [{ path: '/etc/sysconfig', kept: 'memory' }],
} as const satisfies SandboxOptions;
const scenario = scenarioIn(sles);

/** Neither of the cluster nor of anybody else that the agent knows. */
const OTHER_ENI = { id: 'eni-0d1b2c3d4e5f60720', ipv4: ['10.2.0.20'] } as const;

const DONE = { exitCode: 0, stderr: expect.not.stringContaining('WARNING') };

const RULE = '/run/udev/rules.d/99-zz-aws-eni-service-eni.rules';
const exclusive = (value: string) => ({ parameters: { eni_id: SERVICE_ENI, exclusive: value } });
const mainTable = (node: SandboxNode): Promise<string> => script(node, 'ip route show table main');

/** What is the node's own: nothing of the ENI at any time. */
const ownNetwork = async (node: SandboxNode): Promise<string> => {
  const look = 'ip route show table main; ip -o address show dev eth0; ip -o link show dev eth0';
  // The check of a link-local address passes by itself.
  return (await script(node, look)).replaceAll(' tentative', '');
};

/** So patient that only what the network loses is lost. */
const watch = (sandbox: Sandbox): Promise<ServiceClient> =>
  startServiceClient(sandbox, {
    address: '10.2.0.10',
    port: SERVICE_PORT,
    requestEveryMs: 50,
    lostAfterMs: 5_000,
  });

/** Longer than the second that the rule of cloud-netconfig waits before it runs anything. */
const WATCHED_MS = 1_000 * Number(process.env['AWS_ENI_WATCHED'] ?? 2);
const MONITOR_EVERY_MS = 500;

describe.concurrent('cloud-netconfig and wicked', () => {
  const besides = scenarioIn({ ...sles, moreEnis: [HOST_ENI, OTHER_ENI] });

  besides.for(['SLES 15', 'SLES 12'] as const)(
    'on %s never hear of the ENI, clients are answered all the time, and stop leaves no trace',
    { timeout: WATCHED_MS + 60_000 },
    async (version, { sandbox }) => {
      const { a } = sandbox.nodes;
      await startHost(sandbox);
      await startUdev(a);
      await becomeSles(a, version);
      const [own, files] = [await ownNetwork(a), await filesOf(a)];
      expect(await callAgent(sandbox, a, 'start')).toMatchObject(DONE);
      const client = await watch(sandbox);
      try {
        await client.answeredBy('node-a');
        await expectOwnTraffic(sandbox);
        // However often udev looks at it, it stays one that nobody has heard of, and NetworkManager is not to manage.
        await script(a, 'udevadm settle; echo change > /sys/class/net/eth1/uevent; udevadm settle');
        const record = await script(a, 'cat /run/udev/data/n$(cat /sys/class/net/eth1/ifindex)');
        expect(record.split('\n')).toEqual(expect.arrayContaining(['E:AWS_ENI=came', 'E:NM_UNMANAGED=1']));

        // They take another ENI that comes, and when it goes their hook takes what it finds no use for.
        await sandbox.place(OTHER_ENI.id, { attachedTo: NODE_A, deviceIndex: 2 });
        await script(a, `until grep -qx 'add eth2' ${HOOK_LOG}; do sleep 0.05; done`);
        expect(await mainTable(a)).toContain('default via 10.2.0.1 dev eth2');
        await script(a, 'ip rule add from 10.9.9.9 lookup 77');
        await sandbox.place(OTHER_ENI.id, 'available');
        await script(a, `until grep -qx 'remove eth2' ${HOOK_LOG}; do sleep 0.05; done`);
        expect(await script(a, 'ip rule')).not.toContain('10.9.9.9');

        for (const untilMs = performance.now() + WATCHED_MS; performance.now() < untilMs; ) {
          expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 0, stderr: '' });
          await new Promise((resolve) => setTimeout(resolve, MONITOR_EVERY_MS));
        }
        await expectOwnTraffic(sandbox);
        expect(await ownNetwork(a)).toBe(own);
        await client.answered();
        expect(client.outages()).toEqual([]);
      } finally {
        await client.stop();
      }
      await script(a, 'rm /etc/sysconfig/network/ifcfg-eth2 /run/wicked/leaseinfo.eth2.dhcp.ipv4');
      expect(await callAgent(sandbox, a, 'stop')).toMatchObject(DONE);
      await script(a, 'udevadm settle');
      // A change is none of the hook's business, and it does nothing then.
      expect(await script(a, `cat ${HOOK_LOG}`)).not.toMatch(/^(?:add|remove) eth1$/m);
      expect(await filesOf(a)).toBe(files);
      expect(await ownNetwork(a)).toBe(own);
    },
  );

  scenario(
    'a service in their hands is taken out of them by a reload, and no request is lost',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      await startUdev(a);
      await becomeSles(a);
      const own = await ownNetwork(a);
      await startEcho(a, SERVICE_PORT);
      expect(await callAgent(sandbox, a, 'start', exclusive('false'))).toMatchObject(DONE);
      await script(a, `until grep -qx 'add eth1' ${HOOK_LOG}; do sleep 0.05; done`);
      expect(await script(a, 'ls /run/wicked')).not.toBe('');
      const client = await watch(sandbox);
      try {
        await client.answeredBy('node-a');
        expect(await callAgent(sandbox, a, 'reload-agent', exclusive('true'))).toMatchObject(DONE);
        await client.answered();
        // What is asked between wicked's letting go and the agent's putting back is answered when TCP asks again.
        expect(client.outages()).toEqual([]);
      } finally {
        await client.stop();
      }
      expect(await script(a, 'ls /run/wicked')).toBe('');
      expect(await ownNetwork(a)).toBe(own);
      expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 0, stderr: '' });
    },
  );

  scenario(
    'with exclusive=false they configure it, with a default route in the main table',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      await startUdev(a);
      await becomeSles(a);
      expect(await callAgent(sandbox, a, 'start', exclusive('false'))).toMatchObject({ exitCode: 0 });
      await script(a, `until [ -e ${IFCFG} ]; do sleep 0.05; done; udevadm settle`);
      expect(await mainTable(a)).toContain('default via 10.2.0.1 dev eth1');
      await expect(script(a, `cat ${RULE}`)).rejects.toThrow('No such file');
    },
  );

  scenario('an ENI that wicked has is taken from it', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await startUdev(a);
    await becomeSles(a);
    const routes = await mainTable(a);
    await sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
    await script(a, `until ip route | grep -q 'dev eth1'; do sleep 0.05; done; udevadm settle`);
    const { exitCode, stderr } = await callAgent(sandbox, a, 'start');
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('WARNING')]);
    expect(await mainTable(a)).toBe(routes);
    expect(await script(a, 'ls /run/wicked')).toBe('');
    expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('node-a');
  });

  scenario(
    'what an older version left in their hands is taken from them by a restart',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      await startUdev(a);
      await becomeSles(a);
      const routes = await mainTable(a);
      await callAgent(sandbox, a, 'start', exclusive('false'));
      await script(a, `until [ -e ${IFCFG} ]; do sleep 0.05; done; udevadm settle`);
      await callAgent(sandbox, a, 'stop', exclusive('false'));
      expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
      await script(a, 'udevadm settle; sleep 1.5');
      expect(await mainTable(a)).toBe(routes);
      expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('node-a');
    },
  );
});

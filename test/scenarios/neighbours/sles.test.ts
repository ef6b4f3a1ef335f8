import { describe, expect } from 'vitest';
import type { SandboxNode } from '../../sandbox/sandbox.ts';
import { NODE_A, SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import { callAgent } from '../agent.ts';
import { whoAnswers } from '../expectations.ts';
import { scenarioIn } from '../scenario.ts';
import { becomeSles, filesOf, IFCFG, script, startUdev } from './distribution.ts';

const scenario = scenarioIn({
  deviceNames: ['eth1'],
  rename: 'never',
  privateDirectories: [{ path: '/etc/sysconfig', kept: 'memory' }],
});

const RULE = '/run/udev/rules.d/99-zz-aws-eni-service-eni.rules';
const exclusive = (value: string) => ({ parameters: { eni_id: SERVICE_ENI, exclusive: value } });
const mainTable = (node: SandboxNode): Promise<string> => script(node, 'ip route show table main');

describe('on SLES 15, with cloud-netconfig and wicked', () => {
  scenario('neither of them hears of the ENI, and stop leaves no trace', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await startUdev(a);
    await becomeSles(a);
    const [routes, files] = [await mainTable(a), await filesOf(a)];
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({
      exitCode: 0,
      stderr: expect.not.stringContaining('WARNING'),
    });
    // Longer than the second that the rule of cloud-netconfig waits before it runs anything.
    await script(a, 'udevadm settle; sleep 1.5');
    expect(await mainTable(a)).toBe(routes);
    await expect(script(a, `cat ${IFCFG}`)).rejects.toThrow('No such file');
    // However often it is looked at, it stays one that nobody has heard of, and NetworkManager is not to manage.
    await script(a, 'echo change > /sys/class/net/eth1/uevent; udevadm settle');
    const record = await script(a, 'cat /run/udev/data/n$(cat /sys/class/net/eth1/ifindex)');
    expect(record.split('\n')).toEqual(expect.arrayContaining(['E:AWS_ENI=came', 'E:NM_UNMANAGED=1']));
    expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('node-a');
    expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 0 });
    expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
    expect(await filesOf(a)).toBe(files);
    expect(await mainTable(a)).toBe(routes);
  });

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

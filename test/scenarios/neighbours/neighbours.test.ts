import { describe, expect } from 'vitest';
import type { SandboxNode } from '../../sandbox/sandbox.ts';
import { NODE_A, SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import { beginAction, callAgent, cutShort } from '../agent.ts';
import { whoAnswers } from '../expectations.ts';
import { placeProgram } from '../place-program.ts';
import { scenarioIn } from '../scenario.ts';
import { becomeSles, IFCFG, place, script, startUdev } from './distribution.ts';

const scenario = scenarioIn({
  deviceNames: ['eth1'],
  rename: 'never',
  privateDirectories: [{ path: '/etc/sysconfig', kept: 'memory' }],
});

const RULE = '/run/udev/rules.d/99-zz-aws-eni-service-eni.rules';
const exclusive = (value: string) => ({ parameters: { eni_id: SERVICE_ENI, exclusive: value } });
const mainTable = (node: SandboxNode): Promise<string> => script(node, 'ip route show table main');

/** Names, modes and contents of all that others could have written or may read. */
const filesOf = (node: SandboxNode): Promise<string> =>
  script(
    node,
    'find /run/udev/rules.d /run/systemd /etc/sysconfig /run/wicked -type f 2>/dev/null | sort | while read -r file; do ls -l "$file" | cut -c1-10; md5sum "$file"; done',
  );

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

describe('udev', () => {
  scenario(
    'two resources of a node each have their own, and what others wrote stays',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      await startUdev(a);
      await place(a, '/run/udev/rules.d/99-zz-others.rules', '# not ours\n');
      const before = await filesOf(a);
      const second = { OCF_RESOURCE_INSTANCE: 'second' };
      expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
      const first = await filesOf(a);
      // The ENI of the other one, for its files alone matter here.
      expect(await callAgent(sandbox, a, 'start', { environment: second })).toMatchObject({ exitCode: 0 });
      expect(await script(a, 'ls /run/udev/rules.d')).toBe(
        '99-zz-aws-eni-second.rules\n99-zz-aws-eni-service-eni.rules\n99-zz-others.rules',
      );
      await script(a, 'rm /run/udev/rules.d/99-zz-aws-eni-second.rules /run/systemd/*/*aws-eni-second*');
      expect(await filesOf(a)).toBe(first);
      expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
      expect(await filesOf(a)).toBe(before);
    },
  );

  scenario('a start that was killed is tidied up by stop', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await startUdev(a);
    const before = await filesOf(a);
    await cutShort(sandbox, a, 'start', async () => (await script(a, 'ls /run/udev/rules.d')) !== '');
    expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
    expect(await filesOf(a)).toBe(before);
  });

  scenario('a stop that was killed is tidied up by the next one', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await startUdev(a);
    const before = await filesOf(a);
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    const PATH = await placeProgram(a, 'udevadm', 'exec sleep 60');
    const stopping = await beginAction(sandbox, a, 'stop', { environment: { PATH } });
    await script(a, `while [ -e ${RULE} ]; do sleep 0.02; done`);
    stopping.killGroup();
    await stopping.running;
    expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
    expect(await filesOf(a)).toBe(before);
  });

  scenario.for([
    ['fails', 'echo "no udev today" >&2; exit 1', 'no udev today'],
    ['hangs', 'exec sleep 60', 'did not end within 15.0 s'],
  ] as const)('that %s is a warning, and start goes on', async ([, program, words], { sandbox }) => {
    const { a } = sandbox.nodes;
    await startUdev(a);
    const PATH = await placeProgram(a, 'udevadm', program);
    const started = await callAgent(sandbox, a, 'start', { environment: { PATH } });
    expect(started.exitCode).toBe(0);
    expect(started.stderr).toContain("WARNING: could not tell udev: 'udevadm control --reload'");
    expect(started.stderr).toContain(words);
    expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('node-a');
    const stopped = await callAgent(sandbox, a, 'stop', { environment: { PATH } });
    expect(stopped).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('until this node boots') });
  });
});

describe('systemd-networkd', () => {
  const told = '/run/told-networkd';
  scenario.for([
    ['runs', 'exit 0', true, undefined],
    ['does not run', 'exit 3', false, undefined],
    [
      'may run, for all that can be learned,',
      'echo "Failed to connect to bus" >&2; exit 1',
      false,
      "WARNING: could not tell systemd-networkd: 'systemctl is-active --quiet systemd-networkd.service': Failed to connect to bus",
    ],
  ] as const)(
    'that %s hears of it accordingly, and start goes on',
    async ([, isActive, hears, words], { sandbox }) => {
      const { a } = sandbox.nodes;
      await script(a, 'mkdir -p /run/systemd/netif/links /run/systemd/system');
      const systemctl = await placeProgram(a, 'systemctl', isActive);
      const networkctl = await placeProgram(a, 'networkctl', `echo "$1" >> ${told}`);
      const environment = { PATH: `${systemctl.split(':')[0]}:${networkctl}` };
      const { exitCode, stderr } = await callAgent(sandbox, a, 'start', { environment });
      expect(exitCode).toBe(0);
      expect(stderr.match(/WARNING: could not tell.*(?=; it may configure)/)?.[0]).toBe(words);
      expect(await script(a, `cat ${told} 2>/dev/null || true`)).toBe(hears ? 'reload' : '');
      expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('node-a');
    },
  );
});

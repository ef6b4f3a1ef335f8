import { describe, expect } from 'vitest';
import { callAgent } from '../agent.ts';
import { whoAnswers } from '../expectations.ts';
import { placeProgram, placePrograms } from '../place-program.ts';
import { scenarioIn } from '../scenario.ts';
import { filesOf, place, script, startUdev } from './distribution.ts';

const scenario = scenarioIn({ deviceNames: ['eth1'], rename: 'never' });

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

  scenario('that fails is a warning, and start goes on', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await startUdev(a);
    const PATH = await placeProgram(a, 'udevadm', 'echo "no udev today" >&2; exit 1');
    const started = await callAgent(sandbox, a, 'start', { environment: { PATH } });
    expect(started.exitCode).toBe(0);
    expect(started.stderr).toContain(
      "WARNING: could not tell udev: 'udevadm control --reload': no udev today",
    );
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
      const PATH = await placePrograms(a, { systemctl: isActive, networkctl: `echo "$1" >> ${told}` });
      const { exitCode, stderr } = await callAgent(sandbox, a, 'start', { environment: { PATH } });
      expect(exitCode).toBe(0);
      expect(stderr.match(/WARNING: could not tell.*(?=; it may configure)/)?.[0]).toBe(words);
      expect(await script(a, `cat ${told} 2>/dev/null || true`)).toBe(hears ? 'reload' : '');
      expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('node-a');
    },
  );
});

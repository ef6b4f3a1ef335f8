import { describe, expect } from 'vitest';
import { NODE_A } from '../sandbox/sandbox-options.ts';
import { beginAction, callAgent, reasonIn } from './agent.ts';
import { scenario } from './scenario.ts';

const looks = { service: 'ec2', action: 'DescribeNetworkInterfaces' } as const;

describe('an action that runs out of time blames what took the time', () => {
  scenario(
    'a wait for the device, when the end comes in the middle of a look at EC2',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      await sandbox.hang(a.instanceId);
      // The device is waited for in pieces of three seconds, with a look between them: the second look hangs, for a second.
      const { running, killGroup } = await beginAction(sandbox, a, 'start', { timeoutMs: 8_000 });
      try {
        const lookedAgain = async (): Promise<boolean> => {
          const names = (await sandbox.requests()).map(({ name }) => name);
          return (
            names.lastIndexOf(looks.action) > names.lastIndexOf('AttachNetworkInterface') &&
            names.includes('AttachNetworkInterface')
          );
        };
        while (running.exitCode === null && !(await lookedAgain()))
          await new Promise((resolve) => setTimeout(resolve, 50));
        await sandbox.fault({ match: looks, do: 'black-hole' });
        const { exitCode, stderr } = await running;
        expect(exitCode).toBe(1);
        expect(reasonIn(stderr)).toMatch(
          /^out of time after \d\.\d s of 8 s while waiting for the kernel to show a device with MAC \S+: EC2 says that eni-\S+ is attach\w+ here; the next action/,
        );
        // Nothing that was cut off by that is told as a failure of EC2 or of the connection to it.
        expect(stderr.split('\n').filter((line) => !line.startsWith('ocf-exit-reason:'))).toEqual([]);
      } finally {
        killGroup();
      }
    },
  );

  scenario('EC2 that never answers, when the end cuts the only call off', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await sandbox.fault({ match: looks, do: 'black-hole' });
    const { reason, stderr } = await callAgent(sandbox, a, 'start', { timeoutMs: 4_000 });
    expect(reason).toMatch(/while finding eni-0a1b2c3d4e5f60718 in EC2; the next action/);
    expect(stderr).not.toMatch(/abort|AWS Health Dashboard|trying again/i);
  });

  scenario(
    'the metadata service that never answers is named with what came of it, not with how little time was left',
    async ({ sandbox }) => {
      await sandbox.setImds(NODE_A, 'black-hole');
      const { reason } = await callAgent(sandbox, sandbox.nodes.a, 'start', { timeoutMs: 5_000 });
      const [, within] = /no whole answer within (\d+) ms/.exec(reason) ?? [];
      expect(Number(within), reason).toBeGreaterThanOrEqual(200);
      expect(reason).not.toContain('were left for it');
    },
  );
});

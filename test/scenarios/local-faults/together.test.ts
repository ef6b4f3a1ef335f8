import { describe, expect } from 'vitest';
import { callAgent } from '../agent.ts';
import { expectBare, expectServing, holderOf, mutatingCalls } from '../expectations.ts';
import { scenario } from '../scenario.ts';

describe('two actions on the same ENI at once', () => {
  scenario('two starts on a node: one works, the other finds its work done', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const [one, other] = await Promise.all([callAgent(sandbox, a, 'start'), callAgent(sandbox, a, 'start')]);
    expect([one.exitCode, other.exitCode]).toEqual([0, 0]);
    expect(await mutatingCalls(sandbox)).toEqual(['AttachNetworkInterface']);
    await expectServing(sandbox, a);
  });

  scenario('two stops on a node: one works, the other finds its work done', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    await sandbox.resetRequests();
    const [one, other] = await Promise.all([callAgent(sandbox, a, 'stop'), callAgent(sandbox, a, 'stop')]);
    expect([one.exitCode, other.exitCode]).toEqual([0, 0]);
    expect(await mutatingCalls(sandbox)).toEqual(['DetachNetworkInterface']);
    await expectBare(sandbox, a);
  });

  scenario('a start and a stop on a node: one after the other, in either order', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const [started, stopped] = await Promise.all([
      callAgent(sandbox, a, 'start'),
      callAgent(sandbox, a, 'stop'),
    ]);
    expect([started.exitCode, stopped.exitCode]).toEqual([0, 0]);
    const { exitCode } = await callAgent(sandbox, a, 'monitor');
    expect([0, 7]).toContain(exitCode);
    if (exitCode === 0) await expectServing(sandbox, a);
    else await expectBare(sandbox, a);
  });

  scenario(
    'a start on each node: EC2 gives the ENI to one at a time, and each says what came of its own',
    async ({ sandbox }) => {
      const { a, b } = sandbox.nodes;
      const answers = await Promise.all(
        [a, b].map((node) => callAgent(sandbox, node, 'start', { timeoutMs: 15_000 })),
      );
      for (const { exitCode, reason } of answers) {
        if (exitCode !== 0)
          expect({ exitCode, reason }).toMatchObject({
            exitCode: 1,
            reason: expect.stringMatching(/^out of time/),
          });
      }
      expect(answers.some(({ exitCode }) => exitCode === 0)).toBe(true);
      // Both may have had it; monitor goes by what is so now.
      const holder = await holderOf(sandbox);
      for (const node of [a, b]) {
        const { exitCode } = await callAgent(sandbox, node, 'monitor');
        if (node.instanceId !== holder) expect(exitCode).not.toBe(0);
      }
      expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
      await expectServing(sandbox, a);
      expect(await callAgent(sandbox, b, 'stop')).toMatchObject({ exitCode: 0 });
      await expectBare(sandbox, b);
      await expectServing(sandbox, a);
    },
  );
});

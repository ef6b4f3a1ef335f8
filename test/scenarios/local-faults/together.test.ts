import { describe, expect } from 'vitest';
import { callAgent } from '../agent.ts';
import { expectBare, expectServing, holderOf } from '../expectations.ts';
import { scenario } from '../scenario.ts';

describe('two nodes that want the same ENI at once', () => {
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

import { execa } from 'execa';
import { expect } from 'vitest';
import { callAgent } from '../scenarios/agent.ts';
import { expectBare, holderOf, whoAnswers } from '../scenarios/expectations.ts';
import { scenario } from '../scenarios/scenario.ts';
import { inScratchDirectory, installIn, packageFile } from './packages.ts';

scenario('the agent of the package starts, takes over, monitors and stops', async ({ sandbox }) => {
  await inScratchDirectory(async (root) => {
    await installIn(root, packageFile('x86_64'));
    const agent = `${root}/usr/lib/ocf/resource.d/custom/aws-eni`;
    const { a, b } = sandbox.nodes;
    const call = async (node: typeof a, action: string) => {
      const { exitCode, reason } = await callAgent(sandbox, node, action, { agent });
      return { exitCode, reason };
    };
    const good = { exitCode: 0, reason: '' };
    expect(await call(a, 'validate-all')).toEqual(good);
    expect(await call(a, 'start')).toEqual(good);
    expect(await call(a, 'monitor')).toEqual(good);
    expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('node-a');
    expect(await call(b, 'start')).toEqual(good);
    expect(await holderOf(sandbox)).toBe(b.instanceId);
    expect(await whoAnswers(sandbox, b, '10.2.0.10')).toBe('node-b');
    expect(await call(a, 'stop')).toEqual(good);
    expect(await call(b, 'stop')).toEqual(good);
    expect((await call(b, 'monitor')).exitCode).toBe(7);
    for (const node of [a, b]) await expectBare(sandbox, node);
    // It is the package's own executable that did all this.
    const { stdout } = await execa('readlink', ['-f', agent]);
    expect(stdout).toBe(`${root}/usr/sbin/aws-eni`);
  });
});

import { expect } from 'vitest';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import type { Answer } from '../agent.ts';
import { callAgent, environmentOf, executable, reasonIn } from '../agent.ts';
import { expectServing } from '../expectations.ts';
import { readNetwork } from '../node-network.ts';
import { scenario } from '../scenario.ts';

const NOBODY = ['--reuid', '65534', '--regid', '65534', '--clear-groups', '--no-new-privs'];

async function callAsNobody(sandbox: Sandbox, node: SandboxNode, action: string): Promise<Answer> {
  const { exitCode, stdout, stderr } = await node.exec('setpriv', [...NOBODY, executable, action], {
    env: environmentOf(sandbox, node, action, {}),
  });
  return { exitCode, stdout, stderr, reason: reasonIn(stderr) };
}

scenario('not root: what changes the node is refused, what looks is answered', async ({ sandbox }) => {
  const { a } = sandbox.nodes;
  expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
  const before = await readNetwork(a);
  await sandbox.resetRequests();
  for (const action of ['start', 'stop', 'reload']) {
    expect(await callAsNobody(sandbox, a, action)).toMatchObject({
      exitCode: 4,
      reason: `${action} changes this node's network; run it as root`,
    });
  }
  expect(await sandbox.requests()).toEqual([]);
  expect(await callAsNobody(sandbox, a, 'monitor')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await callAsNobody(sandbox, a, 'validate-all')).toMatchObject({ exitCode: 0, stderr: '' });
  expect((await callAsNobody(sandbox, a, 'meta-data')).stdout).toContain('<resource-agent name="aws-eni"');
  expect(await callAsNobody(sandbox, sandbox.nodes.b, 'monitor')).toMatchObject({ exitCode: 7, stderr: '' });
  expect(await readNetwork(a)).toEqual(before);
  await expectServing(sandbox, a);
});

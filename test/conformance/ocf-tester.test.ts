import { expect } from 'vitest';
import { SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import { executable } from '../scenarios/agent.ts';
import { onNodeOf } from '../scenarios/confined.ts';
import { scenario } from '../scenarios/scenario.ts';

scenario('ocf-tester of resource-agents is content in full', async ({ sandbox }) => {
  const { a } = sandbox.nodes;
  // The name of the file is that of the agent.
  const agent = '/run/ocf/aws-eni';
  await a.exec('sh', ['-ec', `mkdir -p /run/ocf && ln -s ${executable} ${agent}`]);
  const args = ['-n', 'service-eni', '-o', `eni_id=${SERVICE_ENI}`, agent];
  const env = onNodeOf(sandbox.environment(a));
  const { exitCode, stdout } = await a.exec('ocf-tester', args, { env });
  expect(stdout).toContain(`${agent} passed all tests`);
  expect(stdout).not.toMatch(/^\* rc=/m);
  expect(exitCode).toBe(0);
});

import { expect } from 'vitest';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { callAgent, eniId, executable } from './agent.ts';
import { onNodeOf } from './confined.ts';
import { expectServing } from './expectations.ts';
import { scenario } from './scenario.ts';

/** Without what Pacemaker says of itself. */
const callByHand = (sandbox: Sandbox, node: SandboxNode): Record<string, string> =>
  onNodeOf({
    ...sandbox.environment(node),
    OCF_RESOURCE_INSTANCE: 'service-eni',
    OCF_RESKEY_eni_id: eniId,
  });

scenario('who calls an action by hand is answered in words, Pacemaker is not', async ({ sandbox }) => {
  const { a } = sandbox.nodes;
  const env = callByHand(sandbox, a);
  const byHand = async (action: string): Promise<string> =>
    (await a.exec(executable, [action], { env })).stdout;
  expect(await byHand('validate-all')).toMatch(/^INFO: the parameters for eni-\w+ are well-formed; .*$/);
  expect(await byHand('monitor')).toMatch(/^INFO: eni-\w+ is not served by this node: .*$/);
  expect((await callAgent(sandbox, a, 'monitor')).stdout).toBe('');
  await callAgent(sandbox, a, 'start');
  expect(await byHand('monitor')).toMatch(
    /^INFO: eni-\w+ is served by this node: link \S+ up, address 10\.2\.0\.10\/24, rule 100: from 10\.2\.0\.10\/32 lookup 100, route .*$/,
  );
  expect((await callAgent(sandbox, a, 'monitor')).stdout).toBe('');
});

scenario('words that cannot be delivered change nothing', async ({ sandbox }) => {
  const { a } = sandbox.nodes;
  const env = callByHand(sandbox, a);
  const deaf = async (action: string): Promise<number | undefined> => {
    const { exitCode } = await a.exec('sh', ['-c', '"$0" "$1" > /dev/full 2>&1', executable, action], {
      env,
    });
    return exitCode;
  };
  expect(await deaf('monitor')).toBe(7);
  expect(await deaf('start')).toBe(0);
  expect(await deaf('monitor')).toBe(0);
  await expectServing(sandbox, a);
  await a.exec('ip', ['rule', 'delete', 'priority', '100']);
  expect(await deaf('monitor')).toBe(1);
  // A warning, half way through: the ENI is elsewhere as far as EC2 can be asked.
  await sandbox.setEndpoint('unreachable');
  expect(await deaf('stop')).toBe(0);
  expect(await deaf('monitor')).toBe(7);
});

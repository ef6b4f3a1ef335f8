import { expect } from 'vitest';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { NODE_A, SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import type { Answer } from './agent.ts';
import { callAgent } from './agent.ts';
import { expectServing, ownFiles } from './expectations.ts';
import { scenario } from './scenario.ts';

/** On node B, with a force_after that is longer than its time limit. */
function startOnB(sandbox: Sandbox, timeoutMs: number): Promise<Answer> {
  return callAgent(sandbox, sandbox.nodes.b, 'start', { timeoutMs });
}

async function isHungWithEni(sandbox: Sandbox): Promise<void> {
  expect(await callAgent(sandbox, sandbox.nodes.a, 'start')).toMatchObject({ exitCode: 0 });
  await sandbox.hang(NODE_A);
}

const BY_FORCE = /detaching eni-\S+ from i-\S+ by force, for it has not let go for \d+(?:\.\d)? s/;

scenario.concurrent('a start of 20 s takes it from a holder that hangs, by force', async ({ sandbox }) => {
  await isHungWithEni(sandbox);
  const started = await startOnB(sandbox, 20_000);
  expect(started).toMatchObject({ exitCode: 0, reason: '' });
  expect(started.stderr).toMatch(BY_FORCE);
  expect(started.stderr).toContain(
    'and force_after (30 s) would end too late for the time limit of this action',
  );
  await expectServing(sandbox, sandbox.nodes.b);
});

scenario.concurrent(
  'a start that is too short for that says so, and the next goes on where it was, after a stop too',
  async ({ sandbox }) => {
    const { b } = sandbox.nodes;
    await isHungWithEni(sandbox);
    const tooShort = await startOnB(sandbox, 11_000);
    expect(tooShort.exitCode).toBe(1);
    expect(tooShort.reason).toMatch(
      /waiting for EC2 to release .+ too little time for force_after \(30 s\), which counts on in the next one; the next action goes on from here/,
    );
    expect(await callAgent(sandbox, b, 'stop')).toMatchObject({ exitCode: 0 });
    expect(await ownFiles(b)).toContain('/run/resource-agents/aws-eni-service-eni.detach');
    const next = await startOnB(sandbox, 11_000);
    expect(next).toMatchObject({ exitCode: 0, reason: '' });
    expect(next.stderr).toMatch(BY_FORCE);
    await expectServing(sandbox, b);
    expect(await ownFiles(b)).not.toContain('/run/resource-agents/aws-eni-service-eni.detach');
  },
);

scenario.concurrent(
  'an ENI that its holder is attaching for ever is taken by force, though EC2 refuses to detach it else',
  async ({ sandbox }) => {
    await sandbox.setLatencies({ attachMs: 3_600_000 });
    const cutOff = await callAgent(sandbox, sandbox.nodes.a, 'start', { timeoutMs: 3_000 });
    expect(cutOff).toMatchObject({ exitCode: 1 });
    expect((await sandbox.world()).enis[SERVICE_ENI]?.attachment).toMatchObject({ status: 'attaching' });
    await sandbox.setLatencies({ attachMs: 60 });
    const started = await startOnB(sandbox, 20_000);
    expect(started).toMatchObject({ exitCode: 0, reason: '' });
    expect(started.stderr).toMatch(BY_FORCE);
    await expectServing(sandbox, sandbox.nodes.b);
  },
);

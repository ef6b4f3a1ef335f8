import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { SandboxNode } from '../../sandbox/sandbox.ts';
import { SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import type { Call } from '../agent.ts';
import { callAgent } from '../agent.ts';
import { holderOf } from '../expectations.ts';
import type { Laboratory } from './laboratory.ts';
import { ECHO_PORT } from './laboratory.ts';
import type { NodeTruth } from './node-truth.ts';
import { verdictOf } from './node-truth.ts';
import { HEARD } from './stand-in-for-udev.ts';

const LOOK_MS = 10;
/** Processes that are killed take a moment; those that are not, for ever. */
const DYING_MS = 10_000;

/** Nothing that the killed action started runs on: ip, flock and logger included. */
export async function expectNobodyLeft(lab: Laboratory, node: SandboxNode): Promise<void> {
  const untilMs = performance.now() + DYING_MS;
  while ((await lab.strangersOn(node)).length > 0 && performance.now() < untilMs) await pause(LOOK_MS);
  expect(await lab.strangersOn(node)).toEqual([]);
}

/**
 * A state is there as long as there is anything that a stop has to take back: it needs neither EC2 nor the metadata
 * service then.
 * @param truth right after the kill
 * @param hasAsked whether the killed action has asked EC2 for a change
 */
export async function expectState(
  lab: Laboratory,
  node: SandboxNode,
  truth: NodeTruth,
  hasAsked: boolean,
): Promise<void> {
  const isHere = (await holderOf(lab.sandbox)) === node.instanceId;
  if (hasAsked || isHere || verdictOf(truth) !== 7) expect(truth).toMatchObject({ hasState: true });
}

/** Only asks: a recurring monitor would put back what an interrupted action has left out. */
const probe: Call = { environment: { OCF_RESKEY_CRM_meta_interval: '0' } };

/** Monitor says what is so, which nothing changes meanwhile. */
export async function expectTrueMonitor(lab: Laboratory, node: SandboxNode): Promise<NodeTruth> {
  const { exitCode, stderr } = await callAgent(lab.sandbox, node, 'monitor', probe);
  const truth = await lab.truthOf(node);
  expect(exitCode, `${stderr}${JSON.stringify(truth)}`).toBe(verdictOf(truth));
  if (exitCode !== 1) expect(stderr).toBe('');
  expect(truth.foreign).toEqual(lab.foreignOn(node));
  return truth;
}

/** The same while EC2 is changing things: monitor says what was so before or after it looked. @returns what was so before */
export async function expectTrueMonitorMeanwhile(lab: Laboratory, node: SandboxNode): Promise<NodeTruth> {
  const before = await lab.truthOf(node);
  const { exitCode, stderr } = await callAgent(lab.sandbox, node, 'monitor', probe);
  const after = await lab.truthOf(node);
  expect([verdictOf(before), verdictOf(after)], `${stderr}${JSON.stringify({ before, after })}`).toContain(
    exitCode,
  );
  return before;
}

/** Waits until nothing is under way in EC2 any more, and the devices are where it says. */
export async function settle({ sandbox }: Laboratory): Promise<void> {
  for (;;) {
    const attachment = (await sandbox.world()).enis[SERVICE_ENI]?.attachment;
    if (attachment === undefined || (attachment.status === 'attached' && attachment.plugged)) break;
    await pause(LOOK_MS);
  }
  // With nothing held, it returns when all devices have come and gone.
  await sandbox.release();
}

/** Whoever is to leave the ENI alone, by the names of the files. */
const NOTICES = [
  '/run/systemd/network/0-aws-eni-service-eni.network',
  '/run/udev/rules.d/99-zz-aws-eni-service-eni.rules',
  HEARD,
];

/** The node holds the ENI, has all of start's pieces, monitor says so, others know, and the client is answered by it. */
export async function expectServes(lab: Laboratory, node: SandboxNode): Promise<void> {
  expect(await holderOf(lab.sandbox)).toBe(node.instanceId);
  const truth = await expectTrueMonitor(lab, node);
  expect({ verdict: verdictOf(truth), ...truth }).toMatchObject({ verdict: 0, notices: NOTICES });
  const ask = `exec 3<> /dev/tcp/10.2.0.10/${ECHO_PORT} && head -n 1 <&3`;
  const { stdout } = await lab.sandbox.client.exec('timeout', ['5', 'bash', '-c', ask]);
  expect(stdout.trim()).toBe(`node-${node.name}`);
}

/** Nothing of the resource is on the node, monitor says so, and EC2 has the ENI elsewhere or nowhere. */
export async function expectBare(lab: Laboratory, node: SandboxNode): Promise<void> {
  expect(await holderOf(lab.sandbox)).not.toBe(node.instanceId);
  const truth = await expectTrueMonitor(lab, node);
  expect({ verdict: verdictOf(truth), ...truth }).toMatchObject({
    verdict: 7,
    hasDevice: false,
    hasState: false,
    notices: [],
  });
}

import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { SandboxNode } from '../../sandbox/sandbox.ts';
import { SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import type { Answer } from '../agent.ts';
import { callAgent, quick } from '../agent.ts';
import { holderOf, mutatingCalls } from '../expectations.ts';
import {
  expectBare,
  expectServes,
  expectTrueMonitor,
  expectTrueMonitorMeanwhile,
  settle,
} from './judgement.ts';
import type { Laboratory } from './laboratory.ts';
import { verdictOf } from './node-truth.ts';

const LOOK_MS = 5;

/** What comes after the kill. */
export type FollowUp = 'start here' | 'stop here' | 'start on the other node' | 'monitor here';

/** When EC2 does what it was asked last: right after the kill, while the next action runs, or after that. */
export type Lateness = 'at once' | 'while that runs' | 'after that';

/** What the killed action has left under way in EC2. The next action can't see all of it. */
type UnderWay = 'attach' | 'detach' | 'nothing';

export interface Aftermath {
  readonly lab: Laboratory;
  readonly here: SandboxNode;
  readonly other: SandboxNode;
  readonly lateness: Lateness;
  /** What the killed action asked for last, if that changes anything. */
  readonly asked: UnderWay;
}

export function follow(aftermath: Aftermath, followUp: FollowUp): Promise<void> {
  const { here, other } = aftermath;
  switch (followUp) {
    case 'start here':
      return expectStart(aftermath, here);
    case 'start on the other node':
      return expectStart(aftermath, other);
    case 'stop here':
      return expectStop(aftermath);
    case 'monitor here':
      return expectMonitor(aftermath);
    default:
      return followUp satisfies never;
  }
}

/**
 * The node serves after one start, and a second one asks nobody anything. A detach that nothing tells of yet, neither a
 * describe nor the kernel, pulls the ENI out after such a start: monitor says so, and then one more start will do.
 */
async function expectStart(aftermath: Aftermath, node: SandboxNode): Promise<void> {
  const { lab, here, other } = aftermath;
  const { underWay, isSeen } = await act(aftermath, node, 'start');
  await lab.sandbox.release();
  await settle(lab);
  if (verdictOf(await lab.truthOf(node)) !== 0) {
    await expectTrueMonitor(lab, node);
    expect({ underWay, isSeen }).toEqual({ underWay: 'detach', isSeen: false });
    await succeed(lab, node, 'start');
    await settle(lab);
  }
  await expectServes(lab, node);
  if (node === other) await expectLeftoversGo(lab, here, other);
  await lab.sandbox.resetRequests();
  await succeed(lab, node, 'start');
  expect(await lab.sandbox.requests()).toEqual([]);
}

/** What has lost the ENI to the other node may have rules or notices left; a stop takes them, and nothing from the other node. */
async function expectLeftoversGo(lab: Laboratory, here: SandboxNode, other: SandboxNode): Promise<void> {
  const truth = await expectTrueMonitor(lab, here);
  if (verdictOf(truth) === 7 && truth.notices.length === 0) return;
  await succeed(lab, here, 'stop');
  await expectBare(lab, here);
  await expectServes(lab, other);
}

/**
 * The node is bare after one stop, and a second one changes nothing. Where an attach was under way, the ENI may come
 * after a stop that was told that it is not here: it serves nobody, and the next stop gives it back.
 */
async function expectStop(aftermath: Aftermath): Promise<void> {
  const { lab, here } = aftermath;
  const { underWay } = await act(aftermath, here, 'stop');
  const truth = await lab.truthOf(here);
  expect({ verdict: verdictOf(truth), ...truth }).toMatchObject({ verdict: 7, hasState: false });
  if ((await holderOf(lab.sandbox)) === here.instanceId) expect(underWay).toBe('attach');
  await lab.sandbox.release();
  await settle(lab);
  if ((await holderOf(lab.sandbox)) === here.instanceId) {
    expect(underWay).toBe('attach');
    expect(verdictOf(await expectTrueMonitor(lab, here))).toBe(7);
    await succeed(lab, here, 'stop');
  }
  await expectBare(lab, here);
  await lab.sandbox.resetRequests();
  await succeed(lab, here, 'stop');
  expect(await mutatingCalls(lab.sandbox)).toEqual([]);
}

/** Monitor tells the truth while things are under way and once they have settled; then a start converges. */
async function expectMonitor({ lab, here }: Aftermath): Promise<void> {
  await lab.sandbox.release();
  if ((await underWayIn(lab)) !== 'nothing') await expectTrueMonitorMeanwhile(lab, here);
  await settle(lab);
  await expectTrueMonitor(lab, here);
  await succeed(lab, here, 'start');
  await expectServes(lab, here);
}

interface Acted {
  readonly underWay: UnderWay;
  /** Whether that could be seen when the action began: by a describe, and by a kernel that lacks something. */
  readonly isSeen: boolean;
}

/** The first action after the kill, with what the killed one had asked for happening when the lateness says. */
async function act({ lab, lateness, asked }: Aftermath, node: SandboxNode, action: string): Promise<Acted> {
  const { sandbox } = lab;
  await sandbox.resetRequests();
  if (lateness === 'at once') await sandbox.release();
  const underWay = lateness === 'at once' ? await underWayIn(lab) : asked;
  const isSeen = lateness === 'at once' && underWay === 'detach' && (await isDetachSeen(lab, node));
  const acting = succeed(lab, node, action);
  if (lateness === 'while that runs') {
    await untilAsked(lab, node, acting);
    await sandbox.release();
  }
  await acting;
  return { underWay, isSeen };
}

/** By then a describe tells of it: EC2 that is behind is what the other latenesses are like. */
async function isDetachSeen(lab: Laboratory, node: SandboxNode): Promise<boolean> {
  await pause(quick.staleMs + 10);
  return verdictOf(await lab.truthOf(node)) !== 0;
}

async function succeed({ sandbox }: Laboratory, node: SandboxNode, action: string): Promise<Answer> {
  const answer = await callAgent(sandbox, node, action);
  expect(answer, `${action} on ${node.name}: ${answer.stderr}`).toMatchObject({ exitCode: 0 });
  return answer;
}

async function underWayIn({ sandbox }: Laboratory): Promise<UnderWay> {
  const status = (await sandbox.world()).enis[SERVICE_ENI]?.attachment?.status;
  if (status === 'attaching') return 'attach';
  return status === 'detaching' ? 'detach' : 'nothing';
}

/** Resolves when EC2 has answered the node for the first time, or when the action has ended without that. */
async function untilAsked(
  { sandbox }: Laboratory,
  { instanceId }: SandboxNode,
  acting: Promise<unknown>,
): Promise<void> {
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  acting.then(over, over);
  while (!isOver) {
    const requests = await sandbox.requests();
    if (requests.some((one) => one.service === 'ec2' && one.instanceId === instanceId)) return;
    await pause(LOOK_MS);
  }
}

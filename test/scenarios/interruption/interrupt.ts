import { describe, expect, test } from 'vitest';
import { beginAction } from '../agent.ts';
import type { Pool } from '../pool.ts';
import type { Boundary } from './boundary.ts';
import { boundariesOf } from './boundary.ts';
import { cutAt } from './cut-at.ts';
import type { FollowUp, Lateness } from './follow-up.ts';
import { follow } from './follow-up.ts';
import { expectNobodyLeft, expectState, expectTrueMonitorMeanwhile } from './judgement.ts';
import type { Laboratory } from './laboratory.ts';
import type { Scene } from './scene.ts';

const FOLLOW_UPS: readonly FollowUp[] = [
  'start here',
  'stop here',
  'start on the other node',
  'monitor here',
];

interface Interruption {
  readonly boundary: Boundary;
  readonly followUp: FollowUp;
  readonly lateness: Lateness;
  readonly title: string;
}

export interface Expected {
  /** The EC2 calls of a healthy run, in the order in which it asks. */
  readonly ec2Calls: readonly string[];
  /** Calls of programs and of the metadata service that must be among the others. */
  readonly otherCalls: readonly string[];
  /** At the least. */
  readonly runs: number;
}

/**
 * Declares the tests of a scene: a healthy run tells its boundaries, and one test for each boundary and each thing that can
 * come next kills it there. Several at a time, each in a laboratory of its own.
 * @param expected what must be found for the tests to mean anything
 */
export async function interrupt(labs: Pool<Laboratory>, scene: Scene, expected: Expected): Promise<void> {
  const boundaries = await find(labs, scene);
  const interruptions = boundaries.flatMap((boundary, index) => interruptionsOf(boundary, index));

  describe(`${scene.title}, killed`, () => {
    test('at boundaries that were all found', () => {
      const titles = boundaries.map(({ title }) => title);
      const ofEc2 = boundaries.filter(({ of }) => of === 'ec2').map(({ title }) => title);
      expect(ofEc2).toEqual(expected.ec2Calls.flatMap((call) => [`before ${call}`, `after ${call}`]));
      for (const call of expected.otherCalls) {
        expect(titles).toEqual(expect.arrayContaining([`before ${call}`, `after ${call}`]));
      }
      expect(new Set(titles).size).toBe(titles.length);
      expect(interruptions.length).toBeGreaterThanOrEqual(expected.runs);
    });

    describe.concurrent('once', () => {
      for (const interruption of interruptions) {
        test(interruption.title, () => labs.use((lab) => cutAndFollow(lab, scene, interruption)));
      }
    });
  });
}

async function cutAndFollow(
  lab: Laboratory,
  scene: Scene,
  { boundary, followUp, lateness }: Interruption,
): Promise<void> {
  const { a, b } = lab.sandbox.nodes;
  const [here, other] = scene.here === 'a' ? [a, b] : [b, a];
  await lab.reset();
  await scene.prepare(lab);
  await cutAt(lab, here, scene.action, boundary);
  await expectNobodyLeft(lab, here);
  const truth = await expectTrueMonitorMeanwhile(lab, here);
  if (scene.hasState) await expectState(lab, here, truth, askedFor(boundary) !== 'nothing');
  await follow({ lab, here, other, lateness, asked: askedFor(boundary) }, followUp);
  expect(await lab.sandbox.violations()).toEqual([]);
}

/** What every healthy run calls: not what one of two had to ask or look for again, because something came late. */
async function find(labs: Pool<Laboratory>, scene: Scene): Promise<readonly Boundary[]> {
  const [one, other] = await Promise.all([1, 2].map(() => labs.use((lab) => record(lab, scene))));
  const titles = new Set(other?.map(({ title }) => title));
  return (one ?? []).filter(({ title }) => titles.has(title));
}

/** After its one change a start looks once; again only for a carrier that is not there yet. */
const LOOK_FOR_CARRIER = /after change 1 #(?!1$)/;

/** What a healthy run calls. */
async function record(lab: Laboratory, scene: Scene): Promise<readonly Boundary[]> {
  const { sandbox, programs } = lab;
  const node = sandbox.nodes[scene.here];
  await lab.reset();
  await scene.prepare(lab);
  await sandbox.resetRequests();
  programs.reset();
  // Nothing but the truth, so that it asks no more often than any other run.
  await sandbox.setLatencies({ staleMs: 0 });
  const { running } = await beginAction(sandbox, node, scene.action, {
    environment: { PATH: programs.path },
  });
  const { exitCode, stderr } = await running;
  if (exitCode !== 0) throw new Error(`a healthy ${scene.title} failed: ${stderr}`);
  await sandbox.setLatencies({ staleMs: 30 });
  const requests = await sandbox.requests();
  return boundariesOf(
    requests.filter(({ instanceId }) => instanceId === node.instanceId),
    programs.calls().filter((call) => scene.action !== 'start' || !LOOK_FOR_CARRIER.test(call)),
  );
}

/**
 * What comes next is tried in all ways where something changes; elsewhere the ways take turns, and so do before and after a call,
 * but in `npm run soak`.
 */
const triesAll = process.env['AWS_ENI_EVERY_FOLLOW_UP'] !== undefined;

function interruptionsOf(boundary: Boundary, index: number): readonly Interruption[] {
  // Each of them before calls as well as after calls.
  const [turn = 'start here'] = FOLLOW_UPS.slice((index + Math.floor(index / 4)) % FOLLOW_UPS.length);
  const turns = Math.floor(index / 2) % 2 === (boundary.side === 'before' ? 0 : 1) ? [turn] : [];
  const followUps = triesAll || isAtChange(boundary) ? FOLLOW_UPS : turns;
  return followUps.flatMap((followUp) =>
    latenessesOf(boundary, followUp).map((lateness) => ({
      boundary,
      followUp,
      lateness,
      title: `${boundary.title}, then ${followUp}${lateness === 'at once' ? '' : `, EC2 doing it only ${lateness}`}`,
    })),
  );
}

function isAtChange(boundary: Boundary): boolean {
  return boundary.of === 'program' ? boundary.call.startsWith('ip change') : boundary.changes;
}

function latenessesOf(boundary: Boundary, followUp: FollowUp): readonly Lateness[] {
  const canBeLate = askedFor(boundary) !== 'nothing' && boundary.side === 'before';
  // Monitor is called before and after it in any case.
  return canBeLate && followUp !== 'monitor here'
    ? ['at once', 'while that runs', 'after that']
    : ['at once'];
}

function askedFor(boundary: Boundary): 'attach' | 'detach' | 'nothing' {
  if (boundary.of === 'program' || !boundary.changes) return 'nothing';
  return boundary.name === 'AttachNetworkInterface' ? 'attach' : 'detach';
}

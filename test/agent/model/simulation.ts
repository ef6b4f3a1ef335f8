import type { FakeNode, FakeVpc } from '../../fakes/fake-vpc.ts';
import { createFakeVpc } from '../../fakes/fake-vpc.ts';
import { setObstacle } from './obstacle.ts';
import type { Obstacle, On, Schedule } from './schedule.ts';
import { couldNotAttach, foreignOn, holderOf, putForeign } from './truth.ts';

/** Two nodes under way, and what has been found out about them. */
export interface Simulation {
  readonly vpc: FakeVpc;
  readonly nodes: readonly [FakeNode, FakeNode];
  readonly settings: Schedule['settings'];
  /** Promises that were broken, in words. */
  readonly broken: string[];
  /** Notes a broken promise, with what happened until then. */
  breach(what: string): void;
  /** What happened, in words, for the reader of a breach. */
  readonly past: string[];
  /** The most EC2 calls of a start, as a share of what its time limit allows. */
  callShare: number;
  /** A describe tells of a moment up to so long ago. */
  upToMs: number;
  obstacles: Readonly<Partial<Record<On, Obstacle>>>;
  /** The actions of each node, one after the other, as Pacemaker calls them. */
  readonly busy: Record<On, Promise<void>>;
  /** Kills the action that runs on a node. */
  readonly kill: Partial<Record<On, () => void>>;
  /** What others had put on each node. */
  readonly foreign: Record<On, string>;
}

/** As long as the longest memory of the world: what a describe may be behind. */
const LONGEST_AGE_MS = 4_000;
const USUAL_AGE_MS = 300;

export function createSimulation({ seed, settings, obstacles }: Schedule): Simulation {
  const random = randomFrom(seed);
  const ageMs = (): number => simulation.upToMs * random();
  const vpc = createFakeVpc({ random, ageMs });
  vpc.world.setLatencies(0, { staleMs: LONGEST_AGE_MS });
  const broken: string[] = [];
  const past: string[] = [];
  const nodes = [vpc.a, vpc.b] as const;
  const simulation: Simulation = {
    vpc,
    nodes,
    settings,
    broken,
    breach: (what) => {
      broken.push(`${what}, at ${Math.round(vpc.clock.nowMs())} ms, after: ${past.join('; ')}`);
    },
    past,
    callShare: 0,
    upToMs: USUAL_AGE_MS,
    obstacles,
    busy: { a: Promise.resolve(), b: Promise.resolve() },
    kill: {},
    foreign: { a: '', b: '' },
  };
  for (const node of nodes) {
    putForeign(node);
    setObstacle(vpc, node, obstacles[node.name]);
    simulation.foreign[node.name] = foreignOn(node);
    watchDetaches(simulation, node);
  }
  return simulation;
}

/** No ENI may be taken from the instance that has it by an agent that could not attach it. */
function watchDetaches(simulation: Simulation, node: FakeNode): void {
  const { vpc } = simulation;
  const { detach } = vpc.world;
  const taken = vpc.world as { detach: typeof detach };
  taken.detach = (nowMs, request) => {
    const holder = holderOf(vpc);
    if (request.caller === node.id && holder !== undefined && holder !== node.id) {
      if (couldNotAttach(vpc, node, simulation.obstacles[node.name]))
        simulation.breach(`${node.name} took the ENI from ${holder} and can't attach it`);
    }
    detach(nowMs, request);
  };
}

/** A linear congruential generator: the same seed, the same numbers. Source: Numerical Recipes, "Quick and dirty". */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

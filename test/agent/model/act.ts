import { monitor } from '../../../src/agent/monitor.ts';
import { start } from '../../../src/agent/start.ts';
import { stop } from '../../../src/agent/stop.ts';
import type { Task } from '../../../src/agent/task.ts';
import type { FakeNode } from '../../fakes/fake-vpc.ts';
import { Killed, startProcess } from '../../fakes/process.ts';
import type { Event } from './schedule.ts';
import type { Simulation } from './simulation.ts';
import { foreignOn, holderOf, isBare, serves } from './truth.ts';

export type ActionEvent = Extract<Event, { readonly limitMs: number }>;

/** How an action ended: what it said, or `killed`, or `failed: ` and why. */
type Outcome = 'running' | 'stopped' | 'repaired' | 'done' | 'killed' | `failed: ${string}`;

/** The most EC2 calls that one start may make: a move takes eight, and its waits ask now and then. */
export function mostCalls(limitMs: number): number {
  return 12 + limitMs / 500;
}

const actions: Readonly<Record<ActionEvent['is'], (task: Task) => Promise<Outcome>>> = {
  start: (task) => start(task).then(() => 'done'),
  stop: (task) => stop(task).then(() => 'done'),
  monitor: (task) => monitor(task, 0),
  'deep monitor': (task) => monitor(task, 10),
};

/** One action of one node, held against what is so before, meanwhile and after it. */
export async function act(simulation: Simulation, node: FakeNode, event: ActionEvent): Promise<void> {
  const { vpc, settings, past, kill } = simulation;
  if (vpc.world.actual(vpc.clock.nowMs()).instances[node.id]?.power !== 'running') return;
  const before = look(simulation, node);
  const moments = [before.serves];
  const unwatch = node.kernel.watch(() => moments.push(serves(node.kernel)));
  const action = startProcess(node.task(settings, event.limitMs), actions[event.is], event.cut);
  kill[node.name] = action.kill;
  const outcome = await outcomeOf(action.result);
  unwatch();
  delete kill[node.name];
  past.push(`${event.is} on ${node.name} ${outcome.slice(0, 90)}`);
  judge(simulation, node, event, outcome, before, look(simulation, node), moments);
}

async function outcomeOf(result: Promise<Outcome>): Promise<Outcome> {
  try {
    return await result;
  } catch (error) {
    return error instanceof Killed ? 'killed' : `failed: ${(error as Error).message}`;
  }
}

/** What is so at one moment. */
interface Look {
  readonly serves: boolean;
  readonly isBare: boolean;
  readonly holds: boolean;
  readonly calls: number;
}

function look({ vpc }: Simulation, node: FakeNode): Look {
  return {
    serves: serves(node.kernel),
    isBare: isBare(node.kernel),
    holds: holderOf(vpc) === node.id,
    calls: node.ec2.calls.length,
  };
}

/** @param moments whether the node served, after each change of its kernel from the one before the action on */
function judge(
  simulation: Simulation,
  node: FakeNode,
  { is, limitMs }: ActionEvent,
  outcome: Outcome,
  before: Look,
  after: Look,
  moments: readonly boolean[],
): void {
  const { breach, foreign } = simulation;
  const claim = (isSo: boolean, otherwise: string): void => {
    if (!isSo) breach(`${is} on ${node.name} ${outcome}, ${otherwise}`);
  };
  claim(!/internal error: (?!a code)/.test(outcome), 'which is a mistake of its own');
  claim(foreignOn(node) === foreign[node.name], 'and touched what is not its own');
  foreign[node.name] = foreignOn(node);
  switch (is) {
    case 'start': {
      claim(outcome !== 'done' || after.serves, 'and the node does not serve');
      const share = (after.calls - before.calls) / mostCalls(limitMs);
      claim(share <= 1, `with ${after.calls - before.calls} calls in ${limitMs} ms`);
      simulation.callShare = Math.max(simulation.callShare, share);
      break;
    }
    case 'stop':
      claim(outcome !== 'done' || !after.serves, 'and the node serves');
      break;
    case 'monitor':
    case 'deep monitor':
      // What changes while it looks may be seen either way.
      claim(outcome !== 'stopped' || moments.includes(false), 'and the node serves');
      claim(outcome !== 'running' || moments.includes(true), 'and the node does not serve');
      claim(outcome !== 'repaired' || moments.includes(true), 'and the node does not serve');
      // A needless failure is an outage; only an ip that fails lets it be told of nothing.
      if (!outcome.startsWith('failed') || outcome.includes("'ip'")) break;
      claim(moments.includes(false) || !before.holds || !after.holds, 'and the node serves');
      claim(!(before.isBare && after.isBare), 'and nothing is there');
      break;
    default:
      is satisfies never;
  }
}

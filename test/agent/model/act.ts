import { monitor } from '../../../src/agent/monitor.ts';
import { start } from '../../../src/agent/start.ts';
import { stop } from '../../../src/agent/stop.ts';
import type { Task } from '../../../src/agent/task.ts';
import type { FakeNode } from '../../fakes/fake-vpc.ts';
import { serviceMac } from '../../fakes/fake-vpc.ts';
import { Killed, startProcess } from '../../fakes/process.ts';
import type { Event } from './schedule.ts';
import type { Simulation } from './simulation.ts';
import { foreignOn, holderOf, isBare, OWN_MTU, serves, toBeKeptOff } from './truth.ts';

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
  monitor: (task) => monitor(task, 0, true),
  'deep monitor': (task) => monitor(task, 10, true),
  probe: (task) => monitor(task, 0),
};

/** One action of one node, held against what is so before, meanwhile and after it. */
export async function act(simulation: Simulation, node: FakeNode, event: ActionEvent): Promise<void> {
  const { vpc, settings, past, kill } = simulation;
  if (vpc.world.actual(vpc.clock.nowMs()).instances[node.id]?.power !== 'running') return;
  const before = look(simulation, node);
  const moments = [before.serves];
  const changes = { own: 0, others: 0 };
  const unwatch = node.kernel.watch((by) => {
    moments.push(serves(node.kernel));
    changes[by] += 1;
  });
  const action = startProcess(node.task(settings, event.limitMs), actions[event.is], event.cut);
  kill[node.name] = action.kill;
  const outcome = await outcomeOf(action.result);
  unwatch();
  delete kill[node.name];
  past.push(`${event.is} on ${node.name} ${outcome.slice(0, 90)}`);
  judge(simulation, node, event, { outcome, before, after: look(simulation, node), moments, changes });
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
  /** A start has left its state, and nobody has taken it away. */
  readonly isStarted: boolean;
  readonly hasDevice: boolean;
  readonly mtu: number | undefined;
  readonly words: number;
  readonly repairs: number;
  /** Others leave the ENI's device alone if they should, and may have it if they may. */
  readonly areOthersRight: boolean;
}

/** How an action went. */
interface Course {
  readonly outcome: Outcome;
  readonly before: Look;
  readonly after: Look;
  /** Whether the node served, after each change of its kernel from the one before the action on. */
  readonly moments: readonly boolean[];
  /** Of the kernel, meanwhile. */
  readonly changes: { readonly own: number; readonly others: number };
}

function look({ vpc, settings }: Simulation, node: FakeNode): Look {
  const device = node.kernel.look(100).devices.find(({ mac }) => mac === serviceMac);
  return {
    serves: serves(node.kernel),
    isBare: isBare(node.kernel),
    holds: holderOf(vpc) === node.id,
    calls: node.ec2.calls.length,
    isStarted: node.state !== undefined,
    hasDevice: device !== undefined,
    mtu: device?.mtu,
    words: node.said.length,
    repairs: node.repairs.length,
    areOthersRight: node.neighbours.keptOff === toBeKeptOff(settings),
  };
}

function judge(simulation: Simulation, node: FakeNode, { is, limitMs }: ActionEvent, course: Course): void {
  const { breach, foreign } = simulation;
  const { outcome, before, after, moments } = course;
  const claim = (isSo: boolean, otherwise: string): void => {
    if (!isSo) breach(`${is} on ${node.name} ${outcome}, ${otherwise}`);
  };
  claim(!/internal error: (?!a code)/.test(outcome), 'which is a mistake of its own');
  claim(foreignOn(node) === foreign[node.name], 'and touched what is not its own');
  foreign[node.name] = foreignOn(node);
  switch (is) {
    case 'start': {
      claim(outcome !== 'done' || after.serves, 'and the node does not serve');
      claim(outcome !== 'done' || after.areOthersRight, `and others keep off ${node.neighbours.keptOff}`);
      // What no service depends on is there all the same, unless the device can't have it.
      const mtu = simulation.settings.mtu ?? OWN_MTU;
      const isUntold = node.said.slice(before.words).some((line) => line.includes('primary interface'));
      const isConfigured = outcome === 'done' && !before.serves && course.changes.others === 0 && !isUntold;
      claim(!isConfigured || after.mtu === mtu || mtu > OWN_MTU, `and the MTU is ${after.mtu}`);
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
    case 'probe':
      for (const broken of brokenByRepair(simulation, node, is, course)) claim(false, broken);
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

/** What a monitor may change and must put back. */
function brokenByRepair(
  { settings, obstacles }: Simulation,
  node: FakeNode,
  is: ActionEvent['is'],
  { outcome, before, after, changes }: Course,
): readonly string[] {
  const mayRepair = is !== 'probe' && settings.repair !== false && before.isStarted;
  const isAlone = changes.others === 0 && before.isStarted && after.isStarted;
  // That the table is somebody's is told, and not changed; an ip that fails can change nothing.
  const canRepair = mayRepair && before.hasDevice && obstacles[node.name] !== 'foreign default route';
  const isNeedless = outcome.startsWith('failed') && is === 'monitor' && !outcome.includes("'ip'");
  const counted = after.repairs - before.repairs;
  return [
    ...(changes.own > 0 && !mayRepair ? ['and changed what it should only look at'] : []),
    ...(changes.own > 0 && isAlone && /^(?:running|stopped)$/.test(outcome)
      ? ['and says nothing of what it changed']
      : []),
    ...(counted === (outcome === 'repaired' ? 1 : 0) || outcome === 'killed'
      ? []
      : [`and counted ${counted}`]),
    ...(outcome === 'repaired' && changes.own === 0 ? ['and changed nothing'] : []),
    ...(isNeedless && isAlone && canRepair ? ['and could have put it back'] : []),
  ];
}

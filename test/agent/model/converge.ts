import { monitor } from '../../../src/agent/monitor.ts';
import { start } from '../../../src/agent/start.ts';
import { stop } from '../../../src/agent/stop.ts';
import type { Task } from '../../../src/agent/task.ts';
import type { FakeNode } from '../../fakes/fake-vpc.ts';
import { startProcess } from '../../fakes/process.ts';
import { clearObstacle } from './obstacle.ts';
import type { Simulation } from './simulation.ts';
import { foreignOn, holderOf, isBare, serves, toBeKeptOff } from './truth.ts';

/** Longer than any effect of the past takes. */
const SETTLE_MS = 15_000;

/** Once nothing goes wrong any more, a start of `node` and then a stop end well, and a second one has nothing to do. */
export async function converge(simulation: Simulation, node: FakeNode): Promise<void> {
  const { vpc, breach, past, nodes, busy } = simulation;
  const { clock } = vpc;
  const { exclusive = true } = simulation.settings;
  const settings = { forceAfter: 3_000, exclusive };
  await clock.run(Promise.all([busy.a, busy.b]));
  endTrouble(simulation);
  await clock.run(clock.sleep(SETTLE_MS));
  const run = async <T>(what: string, action: (task: Task) => Promise<T>): Promise<T | undefined> => {
    try {
      return await clock.run(startProcess(node.task(settings), action).result);
    } catch (error) {
      breach(`${what} at the end failed: ${(error as Error).message}`);
      return undefined;
    } finally {
      past.push(what);
    }
  };
  const changes = (): number =>
    node.ec2.calls.filter((call) => call === 'attach' || call === 'detach').length;

  await run('start', start);
  if (!serves(node.kernel)) breach('the start at the end left a node that does not serve');
  if (holderOf(vpc) !== node.id) breach(`after the start at the end the ENI is with ${holderOf(vpc)}`);
  if (node.neighbours.keptOff !== toBeKeptOff(settings))
    breach(`after the start at the end others keep off ${node.neighbours.keptOff}`);
  if ((await run('monitor', (task) => monitor(task, 10))) !== 'running') breach('monitor does not see it');
  const calls = node.ec2.calls.length;
  await run('second start', start);
  if (node.ec2.calls.length !== calls) breach('a second start called EC2');

  await run('stop', stop);
  if (!isBare(node.kernel)) breach('the stop at the end left something');
  if (holderOf(vpc) !== undefined) breach(`after the stop at the end the ENI is with ${holderOf(vpc)}`);
  if (node.neighbours.keptOff !== undefined) breach('after the stop at the end others still keep off it');
  if ((await run('monitor', (task) => monitor(task, 0))) !== 'stopped')
    breach('monitor does not see the stop');
  const changed = changes();
  await run('second stop', stop);
  if (changes() !== changed) breach('a second stop changed something in EC2');
  for (const { name } of nodes) {
    if (foreignOn(vpc[name]) !== simulation.foreign[name]) breach(`foreign things on ${name} were touched`);
  }
}

function endTrouble(simulation: Simulation): void {
  const { vpc, nodes, obstacles } = simulation;
  simulation.upToMs = 300;
  simulation.obstacles = {};
  for (const node of nodes) {
    node.ec2.clearFaults();
    node.metadata.setOn(true);
    node.kernel.fail(0);
    vpc.world.unhang(vpc.clock.nowMs(), node.id);
    clearObstacle(vpc, node, obstacles[node.name]);
  }
}

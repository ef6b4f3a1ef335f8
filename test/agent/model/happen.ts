import { AgentError } from '../../../src/core/failure.ts';
import type { Change } from '../../../src/core/kernel.ts';
import type { FakeNode } from '../../fakes/fake-vpc.ts';
import { serviceMac } from '../../fakes/fake-vpc.ts';
import { act } from './act.ts';
import { setObstacle } from './obstacle.ts';
import type { Event } from './schedule.ts';
import type { Simulation } from './simulation.ts';
import { foreignOn, putForeign } from './truth.ts';

/** Lets one event happen. An action waits until the one before it on its node has ended. */
export function happen(simulation: Simulation, event: Event): void {
  const { vpc, busy, past } = simulation;
  const nowMs = vpc.clock.nowMs();
  switch (event.is) {
    case 'start':
    case 'stop':
    case 'monitor':
    case 'deep monitor':
    case 'probe':
      busy[event.on] = busy[event.on].then(() => act(simulation, vpc[event.on], event));
      return;
    case 'fault': {
      const { call, when, kind, times, on } = event;
      const words = kind === 'bug' ? 'internal error: a code that nobody knows' : 'no answer';
      const error = new AgentError(kind, words);
      for (let count = 0; count < times; count += 1) vpc[on].ec2.fail({ call, when, error });
      break;
    }
    case 'stale':
      simulation.upToMs = event.upToMs;
      break;
    case 'hang':
      vpc.world.hang(nowMs, vpc[event.on].id);
      break;
    case 'unhang':
      vpc.world.unhang(nowMs, vpc[event.on].id);
      break;
    case 'reboot':
      reboot(simulation, vpc[event.on]);
      break;
    case 'forget':
      vpc[event.on].state = undefined;
      vpc[event.on].metadata.setOn(false);
      break;
    case 'link up': {
      const { devices } = vpc[event.on].kernel.look(100);
      for (const { name } of devices.filter(({ mac }) => mac === serviceMac))
        vpc[event.on].kernel.force({ do: 'set-link', device: name, up: true });
      break;
    }
    case 'ip fails':
      vpc[event.on].kernel.fail(event.times);
      break;
    case 'rename':
      vpc[event.on].kernel.rename(serviceMac, event.name);
      break;
    case 'metadata':
      vpc[event.on].metadata.setOn(event.answers);
      break;
    case 'lose':
      lose(vpc[event.on], event.part);
      break;
    default:
      event satisfies never;
  }
  past.push(JSON.stringify(event));
}

/** The instance is powered off and on: what ran there ends, what was configured is gone. */
function reboot(simulation: Simulation, node: FakeNode): void {
  const { vpc, kill, foreign, obstacles } = simulation;
  const nowMs = vpc.clock.nowMs();
  kill[node.name]?.();
  node.state = undefined;
  node.detaching = undefined;
  node.neighbours.forget();
  vpc.world.powerOff(nowMs, node.id);
  // The devices of before are gone without an event; those of after come with one.
  vpc.world.advance(nowMs);
  node.kernel.reset();
  putForeign(node);
  if (obstacles[node.name] === 'foreign default route') setObstacle(vpc, node, obstacles[node.name]);
  foreign[node.name] = foreignOn(node);
  vpc.world.boot(nowMs, node.id);
}

function lose(node: FakeNode, part: (Event & { is: 'lose' })['part']): void {
  const { devices, rules, routes } = node.kernel.look(100);
  const device = devices.find(({ mac }) => mac === serviceMac);
  const changes: Readonly<Record<typeof part, readonly Change[]>> = {
    rule: rules
      .filter(({ protocol, table }) => protocol !== '3' && table === 100)
      .map((rule) => ({ do: 'delete-rule', rule })),
    routes: routes
      .filter((route) => route.device === device?.name)
      .map((route) => ({ do: 'delete-route', route, table: 100 })),
    address: (device?.addresses ?? []).map((address) => ({
      do: 'delete-address',
      device: device?.name ?? '',
      address,
    })),
    link: device === undefined ? [] : [{ do: 'set-link', device: device.name, up: false }],
    state: [],
  };
  if (part === 'state') node.state = undefined;
  for (const change of changes[part]) node.kernel.force(change);
}

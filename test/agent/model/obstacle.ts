import type { FakeNode, FakeVpc } from '../../fakes/fake-vpc.ts';
import { moreEniIds } from '../../fakes/fake-vpc.ts';
import type { Obstacle } from './schedule.ts';

const foreignDefault = { to: '0.0.0.0/0', device: 'eth0', via: '10.1.0.1' } as const;
const withoutAttach = [
  'DescribeNetworkInterfaces',
  'DescribeInstances',
  'DescribeSubnets',
  'DescribeInstanceTypes',
  'DetachNetworkInterface',
];

/** Puts into the node's way what lets no start of it end well. */
export function setObstacle(vpc: FakeVpc, node: FakeNode, obstacle: Obstacle | undefined): void {
  const nowMs = vpc.clock.nowMs();
  switch (obstacle) {
    case undefined:
      break;
    case 'no permission to attach':
      vpc.world.setPermissions(nowMs, node.id, withoutAttach);
      break;
    case 'no free slot':
      for (const [index, id] of spareEnisOf(node).entries())
        vpc.world.place(nowMs, id, { attachedTo: node.id, deviceIndex: index + 1 });
      break;
    case 'foreign default route':
      node.kernel.force({ do: 'replace-route', table: 100, route: foreignDefault });
      break;
    default:
      obstacle satisfies never;
  }
}

export function clearObstacle(vpc: FakeVpc, node: FakeNode, obstacle: Obstacle | undefined): void {
  const nowMs = vpc.clock.nowMs();
  switch (obstacle) {
    case undefined:
      break;
    case 'no permission to attach':
      vpc.world.setPermissions(nowMs, node.id, 'all');
      break;
    case 'no free slot':
      for (const id of spareEnisOf(node)) vpc.world.place(nowMs, id, 'available');
      break;
    case 'foreign default route':
      node.kernel.force({ do: 'delete-route', table: 100, route: foreignDefault });
      break;
    default:
      obstacle satisfies never;
  }
}

function spareEnisOf(node: FakeNode): readonly string[] {
  return node.name === 'a' ? moreEniIds.slice(0, 2) : moreEniIds.slice(2, 4);
}

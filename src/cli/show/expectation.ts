import type { Survey } from '../../agent/survey.ts';
import type { ClusterResource, ClusterState } from '../../ports/cluster.ts';

/** What this node should be doing, and by whose word. */
export interface Expectation {
  readonly serves: boolean;
  readonly because: string;
}

/** Pacemaker decides where the service runs; without its word, who holds the ENI should serve. */
export function expectationOf(
  { eni, here }: Survey,
  resource: ClusterResource | undefined,
  cluster: ClusterState | undefined,
): Expectation {
  if (resource !== undefined && cluster !== undefined) {
    const { id, runningOn } = resource;
    const serves = runningOn.includes(cluster.ownNode);
    const where = runningOn.length === 0 ? 'nowhere' : `on ${runningOn.join(' and ')}`;
    return { serves, because: `Pacemaker runs ${id} ${where}; this is ${cluster.ownNode}` };
  }
  if (eni.state === 'present' && here.state === 'present') {
    const holder = eni.value.attachment?.instanceId;
    const serves = holder === here.value.instanceId;
    const where = serves ? 'this instance' : (holder ?? 'no instance');
    return { serves, because: `EC2 has it attached to ${where}` };
  }
  return { serves: false, because: 'nobody says that this node should serve' };
}

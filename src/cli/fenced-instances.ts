import type { InstanceId } from '../core/ids.ts';
import { isInstanceId } from '../core/ids.ts';
import type { ClusterState } from '../ports/cluster.ts';

/**
 * The instances of nodes by their names, as the cluster's fencing has them: `NODE:INSTANCE;…`.
 * Source: pacemaker-fenced(7), pcmk_host_map.
 */
export function fencedInstances({ fencing }: ClusterState): ReadonlyMap<string, InstanceId> {
  const pairs = fencing
    .flatMap(({ parameters }) => (parameters['pcmk_host_map'] ?? '').split(/[;\s]+/))
    .map((pair) => pair.split(/[:=]/));
  return new Map(
    pairs.flatMap(([node = '', instance]) => (isInstanceId(instance) ? [[node, instance] as const] : [])),
  );
}

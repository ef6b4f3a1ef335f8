import type { EniId, InstanceId } from '../../core/ids.ts';
import { isEniId } from '../../core/ids.ts';
import type { Reading } from '../../core/reading.ts';
import type { ClusterResource, ClusterState } from '../../ports/cluster.ts';
import { fencedInstances } from '../fenced-instances.ts';

/** What the cluster tells, or why it does not and which option says it instead. */
type Found<T> = { readonly found: T } | { readonly option: string; readonly because: string };

/** The ENI of the named resource, or of the only one. */
export function eniIn(cluster: Reading<ClusterState>, name: string | undefined): Found<EniId> {
  const option = '--eni-id';
  if (cluster.state !== 'present') return { option, because: silenceOf(cluster) };
  const all = cluster.value.resources;
  const names = all.map(({ id }) => id).join(', ');
  const [first, ...others] = name === undefined ? all : all.filter(({ id }) => id === name);
  if (first === undefined) {
    const what = name === undefined ? 'no resource' : `no resource ${name}`;
    const but = name === undefined || names === '' ? '' : `, but ${names}`;
    return { option, because: `the cluster has ${what} of ocf:custom:aws-eni${but}` };
  }
  if (others.length > 0) return { option: `${option} or --resource`, because: `the cluster has ${names}` };
  const eniId = eniIdOf(first);
  return eniId === undefined
    ? { option, because: `${first.id} is not configured by eni_id` }
    : { found: eniId };
}

function eniIdOf({ parameters }: ClusterResource): EniId | undefined {
  const id = parameters['eni_id'];
  return isEniId(id) ? id : undefined;
}

/** The nodes' instances. */
export function instancesIn(cluster: Reading<ClusterState>): Found<readonly InstanceId[]> {
  const option = '--instance for each node';
  if (cluster.state !== 'present') return { option, because: silenceOf(cluster) };
  const found = new Set(fencedInstances(cluster.value).values());
  return found.size === 0
    ? { option, because: 'no fencing device of the cluster has a pcmk_host_map with instances' }
    : { found: [...found] };
}

function silenceOf(cluster: Exclude<Reading<ClusterState>, { readonly state: 'present' }>): string {
  return cluster.state === 'absent' ? 'this node is configured for no cluster' : cluster.because;
}

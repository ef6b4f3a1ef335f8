import type { Eni } from '../core/eni.ts';
import { AgentError } from '../core/failure.ts';
import type { Reading } from '../core/reading.ts';
import type { Settings } from '../core/settings.ts';
import { parseValues } from '../ocf/parse-parameters.ts';
import type { ClusterResource, ClusterState } from '../ports/cluster.ts';
import type { Call } from './command.ts';
import type { Options } from './option.ts';

/** What a command is about. */
export interface Chosen {
  readonly settings: Settings;
  /** The cluster's; `undefined`: it has none by the name that the command line gave the ENI. */
  readonly resource: ClusterResource | undefined;
  /** What this node's Pacemaker said. */
  readonly cluster: Reading<ClusterState>;
}

/** Of whichever command: its own options make no difference here. */
type AnyCall = Pick<Call<Options>, 'parameters' | 'resource' | 'outside'>;

/**
 * The settings that a command is about: those of the command line, before those of the resource in the cluster: the one
 * that `--resource` names, or the one for the ENI that is named, or the only one there is.
 * @throws {AgentError} `parameter`, naming what is wrong or missing
 */
export async function chooseResource({ parameters, resource, outside }: AnyCall): Promise<Chosen> {
  const cluster = await outside.cluster.read();
  const namesEni = parameters['eni_id'] !== undefined || parameters['ip'] !== undefined;
  const found = resource === undefined && namesEni ? sameEni(parameters, cluster) : find(resource, cluster);
  const settings = parseValues((name) => parameters[name] ?? found?.parameters[name], spelled(found));
  return { settings, resource: found, cluster };
}

/** The cluster's resource for the ENI, by whichever of its names the cluster has it. */
export function resourceOf({ resources }: ClusterState, { id, addresses }: Eni): ClusterResource | undefined {
  return resources.find(
    ({ parameters }) =>
      parameters['eni_id'] === id ||
      (parameters['eni_id'] === undefined && addresses.includes(parameters['ip'] ?? '')),
  );
}

function find(name: string | undefined, cluster: Reading<ClusterState>): ClusterResource {
  if (cluster.state !== 'present') {
    const why =
      cluster.state === 'unknown' ? `: ${cluster.because}` : ', for this node is configured for none';
    throw new AgentError(
      'parameter',
      name === undefined
        ? `which ENI? give --eni-id or --ip; the cluster can't tell${why}`
        : `the cluster can't be asked for resource ${name}${why}; give --eni-id or --ip`,
    );
  }
  const { resources } = cluster.value;
  const names = resources.map(({ id }) => id).join(', ');
  const [first, ...others] = name === undefined ? resources : resources.filter(({ id }) => id === name);
  if (first === undefined) {
    throw new AgentError(
      'parameter',
      name === undefined
        ? 'which ENI? give --eni-id or --ip; the cluster has no resource of ocf:custom:aws-eni'
        : `the cluster has no resource ${name} of ocf:custom:aws-eni${names === '' ? '' : `, but ${names}`}; correct --resource`,
    );
  }
  if (others.length > 0) {
    throw new AgentError('parameter', `which resource? the cluster has ${names}; give --resource`);
  }
  return first;
}

/** The resource that names the ENI by the same word. */
function sameEni(
  given: Readonly<Record<string, string>>,
  cluster: Reading<ClusterState>,
): ClusterResource | undefined {
  if (cluster.state !== 'present') return undefined;
  return cluster.value.resources.find(({ parameters }) =>
    ['eni_id', 'ip'].some((name) => given[name] !== undefined && parameters[name] === given[name]),
  );
}

/** How a problem names a parameter: as an option, or as what the resource has. */
function spelled(found: ClusterResource | undefined): (name: string) => string {
  return (name) =>
    found?.parameters[name] === undefined ? `--${name.replaceAll('_', '-')}` : `${name} of ${found.id}`;
}

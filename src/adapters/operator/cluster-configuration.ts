import type { ClusterOperation, ClusterResource, FencingDevice } from '../../ports/cluster.ts';
import type { Element } from './pacemaker-xml.ts';
import { descendants, parseElement, under } from './pacemaker-xml.ts';

/** What the cluster is configured to be. Source: Pacemaker Explained. */
interface Configuration {
  readonly properties: Readonly<Record<string, string>>;
  readonly fencing: readonly FencingDevice[];
  readonly resources: readonly Pick<ClusterResource, 'id' | 'parameters' | 'operations'>[];
}

/**
 * @param cib of `cibadmin --query`
 * @throws {AgentError} `transient`, when it is none
 */
export function configurationIn(cib: string): Configuration {
  const root = parseElement(cib, 'cib');
  const resources = under(root, 'configuration', 'resources');
  const templates = new Map(
    resources.flatMap((section) => descendants(section, 'template')).map((one) => [one.at['id'], one]),
  );
  const primitives = resources
    .flatMap((section) => descendants(section, 'primitive'))
    .map((primitive): Described => {
      const template = templates.get(primitive.at['template']);
      const kind = template ?? primitive;
      return {
        id: primitive.at['id'] ?? '',
        class: kind.at['class'],
        provider: kind.at['provider'],
        agent: kind.at['type'] ?? '',
        // What a primitive says itself comes before what its template says.
        parameters: { ...(template && parametersOf(template)), ...parametersOf(primitive) },
        operations: [...operationsOf(primitive), ...(template === undefined ? [] : operationsOf(template))],
      };
    });
  return {
    properties: Object.assign(
      {},
      ...under(root, 'configuration', 'crm_config', 'cluster_property_set').map(pairsIn),
    ),
    fencing: primitives
      .filter((one) => one.class === 'stonith')
      .map(({ id, agent, parameters }) => ({ id, agent, parameters })),
    resources: primitives
      .filter((one) => one.class === 'ocf' && one.provider === 'custom' && one.agent === 'aws-eni')
      .map(({ id, parameters, operations }) => ({ id, parameters, operations })),
  };
}

interface Described extends FencingDevice {
  readonly class: string | undefined;
  readonly provider: string | undefined;
  readonly operations: readonly ClusterOperation[];
}

/** Of the first set: further ones are for nodes or times that a rule names. */
function parametersOf(element: Element): Readonly<Record<string, string>> {
  const [first] = under(element, 'instance_attributes');
  return first === undefined ? {} : pairsIn(first);
}

function operationsOf(element: Element): readonly ClusterOperation[] {
  return under(element, 'operations', 'op').map((op) => {
    const level = Number(parametersOf(op)['OCF_CHECK_LEVEL'] ?? 0);
    return {
      name: op.at['name'] ?? '',
      interval: op.at['interval'],
      timeout: op.at['timeout'],
      checkLevel: Number.isInteger(level) ? level : 0,
    };
  });
}

function pairsIn(element: Element): Readonly<Record<string, string>> {
  return Object.fromEntries(under(element, 'nvpair').map(({ at }) => [at['name'] ?? '', at['value'] ?? '']));
}

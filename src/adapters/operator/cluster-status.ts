import type { ClusterNode } from '../../ports/cluster.ts';
import type { Element } from './pacemaker-xml.ts';
import { descendants, parseElement, under } from './pacemaker-xml.ts';

/** What Pacemaker sees now. */
interface Status {
  readonly nodes: readonly ClusterNode[];
  readonly resources: readonly {
    readonly id: string;
    readonly managed: boolean;
    readonly on: readonly string[];
  }[];
  readonly bans: readonly { readonly resource: string; readonly node: string }[];
}

/**
 * @param xml of crm_mon(8), of any Pacemaker since 1.1
 * @throws {AgentError} `transient`, when it is none
 */
export function statusIn(xml: string): Status {
  const root = parseElement(xml, xml.includes('<crm_mon') ? 'crm_mon' : 'pacemaker-result');
  return {
    nodes: under(root, 'nodes', 'node').map(({ at }) => ({
      name: at['name'] ?? '',
      // A node that has been heard of, but has not joined yet, is called online and pending.
      online: isTrue(at['online']) && !isTrue(at['pending']),
      standby: isTrue(at['standby']),
      maintenance: isTrue(at['maintenance']),
    })),
    resources: under(root, 'resources')
      .flatMap((section) => descendants(section, 'resource'))
      .map((resource) => ({
        id: (resource.at['id'] ?? '').replace(/:\d+$/, ''),
        managed: isManaged(root, resource),
        on: under(resource, 'node').map(({ at }) => at['name'] ?? ''),
      })),
    bans: descendants(root, 'ban').map(({ at }) => ({
      resource: at['resource'] ?? '',
      node: at['node'] ?? '',
    })),
  };
}

/** The newer words for maintenance stand at the resource, older ones at the whole cluster alone. */
function isManaged(root: Element, { at }: Element): boolean {
  const [options] = under(root, 'summary', 'cluster_options');
  return isTrue(at['managed']) && !isTrue(at['maintenance']) && !isTrue(options?.at['maintenance-mode']);
}

function isTrue(text: string | undefined): boolean {
  return text === 'true';
}

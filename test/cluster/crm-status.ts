import { XMLParser } from 'fast-xml-parser';

interface NodeStatus {
  readonly name: string;
  readonly online: boolean;
  readonly standby: boolean;
  readonly maintenance: boolean;
  /** Lost, or failed to stop something: not known to be off until it is fenced. */
  readonly unclean: boolean;
}

interface ResourceStatus {
  readonly id: string;
  readonly role: string;
  readonly failed: boolean;
  readonly managed: boolean;
  /** Names of the nodes where it is active. */
  readonly on: readonly string[];
}

interface FailedAction {
  readonly operation: string;
  readonly node: string;
  /** By the name that this machine's Pacemaker has for the exit code: others write it otherwise. */
  readonly exitStatus: string;
  readonly reason: string;
}

/** What crm_mon shows, from its XML. */
export interface CrmStatus {
  readonly nodes: readonly NodeStatus[];
  readonly resources: readonly ResourceStatus[];
  readonly failures: readonly FailedAction[];
  /** Nodes that were fenced, the latest first, with how that went. */
  readonly fenced: readonly { readonly target: string; readonly status: string }[];
}

/** Source: Pacemaker Administration, "OCF Return Codes". */
const EXIT_STATUSES: Readonly<Record<string, string>> = {
  1: 'error',
  2: 'invalid parameter',
  3: 'unimplemented feature',
  4: 'insufficient privileges',
  5: 'not installed',
  6: 'not configured',
  7: 'not running',
  190: 'OCF_DEGRADED',
};

type Attributes = Readonly<Record<string, string>>;
interface Element {
  readonly [name: string]: readonly Element[] | Attributes | undefined;
  readonly at?: Attributes;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  attributesGroupName: 'at',
  parseAttributeValue: false,
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
});

/** @param xml of `crm_mon --output-as=xml` */
export function parseCrmStatus(xml: string): CrmStatus {
  const document = parser.parse(xml) as Element;
  const [result] = children(document, 'pacemaker-result');
  if (result === undefined) throw new Error(`no answer of crm_mon: ${xml}`);
  const under = (section: string, name: string): readonly Element[] =>
    children(result, section).flatMap((one) => children(one, name));
  const groups = under('resources', 'group');
  const primitives = [
    ...under('resources', 'resource'),
    ...groups.flatMap((one) => children(one, 'resource')),
  ];
  return {
    nodes: under('nodes', 'node').map(({ at = {} }) => ({
      name: at['name'] ?? '',
      // A node that has been heard of, but has not joined yet, is called online and pending.
      online: at['online'] === 'true' && at['pending'] !== 'true',
      standby: at['standby'] === 'true',
      maintenance: at['maintenance'] === 'true',
      unclean: at['unclean'] === 'true',
    })),
    resources: primitives.map((element) => ({
      id: element.at?.['id'] ?? '',
      role: element.at?.['role'] ?? '',
      failed: element.at?.['failed'] === 'true',
      managed: element.at?.['managed'] === 'true',
      on: children(element, 'node').map(({ at }) => at?.['name'] ?? ''),
    })),
    failures: under('failures', 'failure').map(({ at = {} }) => ({
      operation: at['op_key'] ?? '',
      node: at['node'] ?? '',
      exitStatus: EXIT_STATUSES[at['exitcode'] ?? ''] ?? `exit code ${at['exitcode']}`,
      reason: at['exitreason'] ?? '',
    })),
    fenced: under('fence_history', 'fence_event').map(({ at = {} }) => ({
      target: at['target'] ?? '',
      status: at['status'] ?? '',
    })),
  };
}

function children(element: Element, name: string): readonly Element[] {
  // An element without content is an empty text.
  return ((element[name] ?? []) as readonly (Element | string)[]).map((one) =>
    typeof one === 'string' ? {} : one,
  );
}

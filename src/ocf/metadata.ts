import type { ActionSpec } from './actions.ts';
import { advisedActions } from './advised-actions.ts';
import type { ParameterName } from './parameters.ts';
import { parameterNames, parameters } from './parameters.ts';

/** Of the OCF Resource Agent API; not the agent's own. */
const OCF_VERSION = '1.1';

/** Of the agent, for people: in the meta-data and in the manual page. */
export const shortDescription = 'Moves an AWS network interface with its addresses and policy route';

export const longDescription = `Gives a service an IP address that survives the loss of a node on AWS. The address belongs to an AWS network
interface (ENI) in a subnet of its own. start takes the ENI from the instance that holds it, attaches it to this
one, puts its addresses on the device and routes what is sent from them by a table of its own, so that replies
leave where requests came in; stop undoes it; monitor tells from this node's kernel whether it serves, without a
call to AWS. Cluster nodes and ENI must be in one availability zone, and the ENI in another subnet than the
nodes' own interfaces. Fencing must be configured and tested.`;

/**
 * The description that Pacemaker and its shells read: OCF 1.1, and valid by the DTD of before, which ocf-tester
 * uses, through the declarations that the document brings along.
 */
export function metadata(agentVersion: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd" [
<!ATTLIST parameter unique-group CDATA #IMPLIED reloadable (1|0) "0">
<!ATTLIST action name CDATA #REQUIRED>
]>
<resource-agent name="aws-eni" version="${escapeXml(agentVersion)}">
<version>${OCF_VERSION}</version>
<longdesc lang="en">
${escapeXml(longDescription)}
</longdesc>
<shortdesc lang="en">${escapeXml(shortDescription)}</shortdesc>
<parameters>
${parameterNames.map(parameterElement).join('\n')}
</parameters>
<actions>
${advisedActions.map(([name, spec]) => actionElement(name, spec)).join('\n')}
</actions>
</resource-agent>
`;
}

function parameterElement(name: ParameterName): string {
  const spec = parameters[name];
  // In the words of before OCF 1.1, too: by them Pacemaker before 2.1 restarts what it would else reload, and crmsh of any
  // version tells that two resources have the same.
  const group = spec.unique ? ` unique="1" unique-group="${name}"` : '';
  return `<parameter name="${name}"${group} required="0" reloadable="${spec.reloadable ? 1 : 0}">
<longdesc lang="en">${escapeXml(spec.long)}</longdesc>
<shortdesc lang="en">${escapeXml(spec.short)}</shortdesc>
<content type="${spec.type}" default="${escapeXml(spec.default ?? '')}"/>
</parameter>`;
}

function actionElement(name: string, spec: ActionSpec): string {
  const interval = spec.intervalMs === undefined ? '' : ` interval="${spec.intervalMs / 1000}s"`;
  const depth = spec.depth === undefined ? '' : ` depth="${spec.depth}"`;
  return `<action name="${name}" timeout="${spec.timeoutMs / 1000}s"${interval}${depth}/>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

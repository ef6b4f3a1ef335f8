import { actions } from '../src/ocf/actions.ts';
import { advisedActions } from '../src/ocf/advised-actions.ts';
import { longDescription, shortDescription } from '../src/ocf/metadata.ts';
import type { ParameterName } from '../src/ocf/parameters.ts';
import { parameterNames, parameters } from '../src/ocf/parameters.ts';
import { environmentVariables } from './environment-variables.ts';
import { exitCodeMeanings } from './exit-code-meanings.ts';
import { bold, roff, section, tagged, verbatim } from './roff.ts';

const NAME = 'ocf_custom_aws-eni';

export interface AgentPageOptions {
  readonly version: string;
  /** A cluster configuration with the agent's primitive in it, for crmsh. */
  readonly example: string;
}

/** The manual page ocf_custom_aws-eni(7), from the tables that the meta-data is made from. */
export function agentPage({ version, example }: AgentPageOptions): string {
  return `${[
    // No date: it would be that of the build.
    `.TH ${NAME.toUpperCase().replaceAll('-', '\\-')} 7 "" "aws\\-eni ${roff(version)}" "OCF resource agents"`,
    // What a reader copies must not have been broken: neither names by hyphens nor lines by spaces.
    '.nh\n.ad l',
    section('NAME', `${roff(NAME)} \\- ${roff(shortDescription)}`),
    section('SYNOPSIS', `${bold('aws-eni')} ${roff(`[${Object.keys(actions).join(' | ')}]`)}`),
    section('DESCRIPTION', roff(longDescription)),
    section(
      'PARAMETERS',
      'All are optional but for one of eni_id and ip.',
      ...parameterNames.map(parameterEntry),
    ),
    section('ACTIONS', ...actionEntries()),
    section(
      'EXIT STATUS',
      ...exitCodeMeanings((words) => words).map(([code, when]) => tagged(bold(String(code)), when)),
    ),
    section('FILES', ...FILES.map(([path, what]) => tagged(bold(path), what))),
    section(
      'ENVIRONMENT',
      ...environmentVariables.map(([names, what]) => tagged(bold(names.join(', ')), what)),
    ),
    section(
      'EXAMPLE',
      'For crmsh; /usr/share/doc/packages/aws\\-eni/examples has whole configurations.',
      verbatim(primitiveIn(example)),
    ),
    section(
      'SEE ALSO',
      `${bold('aws-eni')}(8), ${bold('crm')}(8), ${bold('crm_resource')}(8), ${bold('pacemaker-controld')}(7), ${bold('ip-rule')}(8), ${bold('ip-route')}(8)`,
    ),
  ].join('\n')}\n`;
}

function parameterEntry(name: ParameterName): string {
  const { default: value, type, reloadable, unique, long } = parameters[name];
  const traits = [
    type,
    value === undefined ? 'no default' : `default ${value}`,
    ...(unique ? ['unique among the resources'] : []),
    reloadable ? 'changed without a restart' : 'changed by a restart',
  ];
  return tagged(bold(name), `${long}`, `(${traits.join(', ')})`);
}

function actionEntries(): readonly string[] {
  return Object.entries(actions)
    .filter(([name]) => name !== 'usage')
    .map(([name, { does }]) =>
      tagged(bold(name), `${capitalized(does)}. Advised: ${advice(name).join('; ')}.`),
    );
}

function advice(name: string): readonly string[] {
  return advisedActions
    .filter(([one]) => one === name)
    .map(([, { timeoutMs, intervalMs, depth }]) =>
      [
        `timeout ${timeoutMs / 1_000}s`,
        ...(intervalMs === undefined ? [] : [`interval ${intervalMs / 1_000}s`]),
        ...(depth === undefined ? [] : [`OCF_CHECK_LEVEL ${depth}`]),
      ].join(', '),
    );
}

const FILES = [
  [
    '/run/resource-agents/aws-eni-RESOURCE.json',
    'What start did, for monitor and stop. They find the service without it, too.',
  ],
  ['/run/resource-agents/aws-eni-RESOURCE.lock', 'Held by the action that works on the resource.'],
  ['/etc/iproute2/rt_tables.d/aws-eni-TABLE.conf', 'The name of the routing table, as start declares it.'],
] as const;

/** The statement that configures the agent, with its continued lines. */
function primitiveIn(example: string): string {
  const [statement] = /^primitive \S+ ocf:custom:aws-eni(?:.*\\\n)*.*$/m.exec(example) ?? [];
  if (statement === undefined) throw new Error('the example has no primitive of ocf:custom:aws-eni');
  return `crm configure ${statement}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

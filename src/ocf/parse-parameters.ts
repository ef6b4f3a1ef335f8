import { AgentError } from '../core/failure.ts';
import type { Settings } from '../core/settings.ts';
import type { ParameterName } from './parameters.ts';
import { parameterNames, parameters } from './parameters.ts';
import { quote } from './quote.ts';
import { isProblem } from './values.ts';

const PREFIX = 'OCF_RESKEY_';

/** Names under the prefix that are not the resource's: Pacemaker's own, and the tracing of resource-agents. */
const NOT_OURS = /^(?:CRM_meta_|crm_feature_set$|trace_ra$|trace_file$|trace_dir$|OCF_)/;

/** Slips are few; as many names as an environment holds would take an action seconds to tell. */
const MOST_TOLD = 20;

export interface ParsedParameters {
  readonly settings: Settings;
  /** Likely slips that change nothing: parameters that do not exist. */
  readonly warnings: readonly string[];
}

/**
 * The settings that Pacemaker passes in the environment.
 * @throws {AgentError} `parameter`, naming every problem at once
 */
export function parseParameters(env: Readonly<Record<string, string | undefined>>): ParsedParameters {
  return { settings: parseValues((name) => env[PREFIX + name]), warnings: unknownNames(env) };
}

/**
 * The settings that `textOf` gives, as text; an empty one is as good as none.
 * @param spelled how a problem names a parameter
 * @param needsEni `false`: settings that name no ENI will do
 * @throws {AgentError} `parameter`, naming every problem at once
 */
export function parseValues(
  textOf: (name: ParameterName) => string | undefined,
  spelled: (name: ParameterName) => string = (name) => name,
  { needsEni = true }: { readonly needsEni?: boolean } = {},
): Settings {
  const problems: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const name of parameterNames) {
    const spec = parameters[name];
    // Pacemaker passes an empty value for one that is unset.
    const text = textOf(name)?.trim() || spec.default;
    const value = text === undefined ? undefined : spec.parse(text);
    if (isProblem(value)) problems.push(`${spelled(name)}: ${value.problem}`);
    settings[camelCase(name)] = value;
  }
  if (needsEni && settings['eniId'] === undefined && settings['ip'] === undefined) {
    const [eniId, ip] = [spelled('eni_id'), spelled('ip')];
    problems.push(
      `${eniId}, ${ip}: neither is given; set ${eniId} to the id of the ENI, or ${ip} to an address of it`,
    );
  }
  if (problems.length > 0) throw new AgentError('parameter', problems.join('; '));
  // The table's type is that of `Settings`, name by name: each value came from the parser of its own setting.
  return settings as unknown as Settings;
}

function unknownNames(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const unknown = Object.keys(env)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length))
    .filter((name) => !NOT_OURS.test(name) && !Object.hasOwn(parameters, name));
  const told = unknown.slice(0, MOST_TOLD);
  const rest = unknown.length - told.length;
  return [
    ...told.map((name) => `there is no parameter ${quote(name)}; it is ignored`),
    ...(rest === 0 ? [] : [`there are ${rest} more parameters that do not exist, which are ignored`]),
  ];
}

function camelCase(name: ParameterName): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

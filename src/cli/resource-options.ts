import type { ParameterName } from '../ocf/parameters.ts';
import { parameterNames, parameters } from '../ocf/parameters.ts';
import type { Option } from './option.ts';

/** `eni_id` on the command line: `eni-id`. */
function optionName(parameter: ParameterName): string {
  return parameter.replaceAll('_', '-');
}

/** The resource parameters as options, from their table. What they are read by is `parseValues`, all at once. */
export const resourceOptions: Readonly<Record<string, Option>> = Object.fromEntries(
  parameterNames.map((name) => {
    const { default: value, short, type } = parameters[name];
    const does = value === undefined ? short : `${short} [${value}]`;
    return [
      optionName(name),
      { is: 'value', argument: type === 'integer' ? 'NUMBER' : 'VALUE', parse: (text: string) => text, does },
    ];
  }),
);

/** Of the options, what was given for the resource's parameters. */
export function parametersIn(given: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parameterNames.flatMap((name) => {
      const value = given[optionName(name)];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}

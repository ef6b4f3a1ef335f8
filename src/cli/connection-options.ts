import type { Settings } from '../core/settings.ts';
import { parameters } from '../ocf/parameters.ts';
import type { Parse } from '../ocf/values.ts';
import { isProblem } from '../ocf/values.ts';

/** How EC2 is reached, for commands that are about no resource; the options' names and meanings are the parameters'. */
export const connectionOptions = {
  region: { is: 'value', argument: 'REGION', parse: parameters.region.parse, does: parameters.region.short },
  profile: { is: 'value', argument: 'NAME', parse: parameters.profile.parse, does: parameters.profile.short },
  'endpoint-url': {
    is: 'value',
    argument: 'URL',
    parse: parameters.endpoint_url.parse,
    does: parameters.endpoint_url.short,
  },
} as const;

export type Connection = Pick<
  Settings,
  'profile' | 'endpointUrl' | 'connectTimeout' | 'requestTimeout' | 'maxAttempts'
>;

export function connectionOf(given: {
  readonly profile: string | undefined;
  readonly endpointUrl: string | undefined;
}): Connection {
  const { profile, endpointUrl } = given;
  return {
    profile,
    endpointUrl,
    connectTimeout: byDefault(parameters.connect_timeout),
    requestTimeout: byDefault(parameters.request_timeout),
    maxAttempts: byDefault(parameters.max_attempts),
  };
}

function byDefault({
  parse,
  default: text = '',
}: {
  readonly parse: Parse<number>;
  readonly default: string | undefined;
}): number {
  const value = parse(text);
  if (isProblem(value)) throw new Error(value.problem);
  return value;
}

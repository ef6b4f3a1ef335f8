import { parseKnownFiles } from '@smithy/core/config';
import { AgentError } from '../core/failure.ts';

/** The settings of one profile, of both of AWS's files. */
export type Profile = Readonly<Partial<Record<string, string>>>;

/** The profile that is asked for by the parameter, or else by the environment; `undefined`: none is. */
export function chosenProfile(parameter: string | undefined): string | undefined {
  return parameter ?? (process.env['AWS_PROFILE'] || undefined);
}

/**
 * The settings of the profile that is asked for; where none is, those of `default`, which need not be there.
 * @throws {AgentError} where there is no such profile: the SDK would go on with whatever other identity it finds
 */
export async function readProfile(parameter: string | undefined): Promise<Profile> {
  const name = chosenProfile(parameter);
  const profiles = await parseKnownFiles({});
  const found = profiles[name ?? 'default'];
  if (found !== undefined || name === undefined) return found ?? {};
  const by = parameter === undefined ? 'AWS_PROFILE' : 'the parameter profile';
  throw new AgentError(
    'permission',
    `there is no profile ${name}, which ${by} names, in root's AWS configuration files; put it into ~root/.aws/config, or correct ${by}`,
  );
}

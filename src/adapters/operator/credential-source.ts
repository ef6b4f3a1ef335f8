import { excerpt } from '../../core/one-line.ts';
import type { CredentialSource } from '../../ports/ec2-examination.ts';
import { createGet } from '../imds.ts';
import { inTime } from '../in-time.ts';
import { explainMissingCredentials, ROLE } from '../missing-credentials.ts';
import type { Ec2ClientLike } from '../renew-credentials.ts';

/** Longer than any source takes that answers. */
const PATIENCE_MS = 4_000;

/** The last source of the SDK's chain, and the only one that leaves no mark. */
const BY_DEFAULT = "this instance's role";

/** What the SDK marks credentials with. Source: @aws-sdk/types, AwsSdkCredentialsFeatures. */
const SOURCES: readonly (readonly [mark: RegExp, from: string])[] = [
  [/^CREDENTIALS_ENV_VARS$/, 'environment variables'],
  [/^CREDENTIALS_HTTP$/, 'a container’s role'],
  [/^CREDENTIALS_.*PROCESS$/, 'a program of the profile'],
  [/^CREDENTIALS_.*SSO/, 'single sign-on'],
  [/^CREDENTIALS_.*STS_ASSUME_ROLE/, 'a role that the profile assumes'],
  [/^CREDENTIALS_PROFILE/, 'a profile of the AWS configuration files'],
];

/** By its name, where the metadata service tells it: there are credentials in any case. */
async function ownRole(): Promise<string> {
  const answer = await createGet(() => PATIENCE_MS)(ROLE).catch(() => undefined);
  const name = answer?.split('\n')[0]?.trim();
  return name ? `${BY_DEFAULT} ${excerpt(name)}` : BY_DEFAULT;
}

/** Enough to find it in the account's list. */
function masked(accessKeyId: string): string {
  return excerpt(`${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}`);
}

/** Where the SDK has its credentials from, and whose they are; never the credentials. */
export async function credentialSource(
  client: Pick<Ec2ClientLike, 'config'>,
  profile: string | undefined,
): Promise<CredentialSource> {
  try {
    const credentials = (await inTime(client.config.credentials(), PATIENCE_MS, 'their source')) as {
      readonly accessKeyId?: string;
      readonly expiration?: Date;
      readonly $source?: Readonly<Record<string, string>>;
    };
    const marks = Object.keys(credentials.$source ?? {});
    const [, from] = SOURCES.find(([mark]) => marks.some((one) => mark.test(one))) ?? [];
    const whose = [
      ...(from === undefined ? [await ownRole()] : [from]),
      ...(profile === undefined ? [] : [`profile ${profile}`]),
      `access key ${masked(credentials.accessKeyId ?? '')}`,
    ];
    return { from: whose.join(', '), expiresAt: credentials.expiration };
  } catch (error) {
    throw await explainMissingCredentials(error, profile);
  }
}

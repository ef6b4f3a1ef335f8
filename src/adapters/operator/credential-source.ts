import type { CredentialSource } from '../../ports/ec2-examination.ts';
import { inTime } from '../in-time.ts';
import { explainMissingCredentials } from '../missing-credentials.ts';
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

/** Where the SDK has its credentials from; never the credentials. */
export async function credentialSource(
  client: Pick<Ec2ClientLike, 'config'>,
  profile: string | undefined,
): Promise<CredentialSource> {
  try {
    const credentials = (await inTime(client.config.credentials(), PATIENCE_MS, 'their source')) as {
      readonly expiration?: Date;
      readonly $source?: Readonly<Record<string, string>>;
    };
    const marks = Object.keys(credentials.$source ?? {});
    const [, from = BY_DEFAULT] = SOURCES.find(([mark]) => marks.some((one) => mark.test(one))) ?? [];
    return {
      from: profile === undefined ? from : `${from} (profile ${profile})`,
      expiresAt: credentials.expiration,
    };
  } catch (error) {
    throw await explainMissingCredentials(error, profile);
  }
}

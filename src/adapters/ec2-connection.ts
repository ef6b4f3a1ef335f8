import { fromIni } from '@aws-sdk/credential-provider-ini';
import type { Settings } from '../core/settings.ts';
import type { NetworkInterfaces } from '../ports/agent.ts';
import { chosenProfile, namesCredentials, readProfile } from './aws-profile.ts';
import { createNetworkInterfaces } from './ec2.ts';
import { EC2Client } from './ec2-client.ts';
import { proxyAgentFor } from './proxy.ts';
import { renewCredentials } from './renew-credentials.ts';

export type ConnectionSettings = Pick<
  Settings,
  'profile' | 'endpointUrl' | 'connectTimeout' | 'requestTimeout' | 'maxAttempts'
>;

/** EC2 of `region` over the network, with the SDK's usual sources of credentials. */
export async function connectToEc2(
  region: string,
  settings: ConnectionSettings,
  signal: () => AbortSignal,
): Promise<NetworkInterfaces> {
  const create = await clientFactory(region, settings);
  return createNetworkInterfaces(renewCredentials(create, chosenProfile(settings.profile)), signal);
}

/**
 * Makes clients of EC2 in `region`, by the proxy that the environment names.
 * @throws {AgentError} where the profile is none
 */
export async function clientFactory(region: string, settings: ConnectionSettings): Promise<() => EC2Client> {
  const name = chosenProfile(settings.profile);
  const profile = await readProfile(settings.profile);
  // Where the profile's own source fails, the SDK would go on to the instance's role.
  const isDecided = name !== undefined && namesCredentials(profile);
  const httpsAgent = await proxyAgentFor(settings.endpointUrl ?? regionalEndpoint(region));
  return () =>
    new EC2Client({
      region,
      maxAttempts: settings.maxAttempts,
      requestHandler: {
        connectionTimeout: settings.connectTimeout,
        requestTimeout: settings.requestTimeout,
        // Without it the SDK only logs that an answer is late.
        throwOnRequestTimeout: true,
        ...(httpsAgent === undefined ? {} : { httpsAgent }),
      },
      ...(settings.profile === undefined ? {} : { profile: settings.profile }),
      ...(isDecided ? { credentials: fromIni({ profile: name }) } : {}),
      ...(settings.endpointUrl === undefined ? {} : { endpoint: settings.endpointUrl }),
    });
}

/** What NO_PROXY is compared with. Source: AWS General Reference, "Amazon EC2 endpoints". */
function regionalEndpoint(region: string): string {
  return `https://ec2.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

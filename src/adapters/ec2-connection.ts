import type { VpcId } from '../core/ids.ts';
import type { Settings } from '../core/settings.ts';
import type { NetworkInterfaces } from '../ports/agent.ts';
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
  ownVpc: () => Promise<VpcId>,
): Promise<NetworkInterfaces> {
  const create = await clientFactory(region, settings);
  return createNetworkInterfaces(renewCredentials(create, settings.profile), signal, ownVpc);
}

/** Makes clients of EC2 in `region`, by the proxy that the environment names. */
export async function clientFactory(region: string, settings: ConnectionSettings): Promise<() => EC2Client> {
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
      ...(settings.endpointUrl === undefined ? {} : { endpoint: settings.endpointUrl }),
    });
}

/** What NO_PROXY is compared with. Source: AWS General Reference, "Amazon EC2 endpoints". */
function regionalEndpoint(region: string): string {
  return `https://ec2.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

import type { Settings } from '../core/settings.ts';
import type { NetworkInterfaces } from '../ports.ts';
import { createNetworkInterfaces } from './ec2.ts';
import { EC2Client } from './ec2-client.ts';

export type ConnectionSettings = Pick<
  Settings,
  'profile' | 'endpointUrl' | 'connectTimeout' | 'requestTimeout' | 'maxAttempts'
>;

/** EC2 of `region` over the network, with the SDK's usual sources of credentials. */
export function connectToEc2(
  region: string,
  settings: ConnectionSettings,
  signal: () => AbortSignal,
): NetworkInterfaces {
  const client = new EC2Client({
    region,
    maxAttempts: settings.maxAttempts,
    requestHandler: {
      connectionTimeout: settings.connectTimeout,
      requestTimeout: settings.requestTimeout,
      // Without it the SDK only logs that an answer is late.
      throwOnRequestTimeout: true,
    },
    ...(settings.profile === undefined ? {} : { profile: settings.profile }),
    ...(settings.endpointUrl === undefined ? {} : { endpoint: settings.endpointUrl }),
  });
  return createNetworkInterfaces(client, signal);
}

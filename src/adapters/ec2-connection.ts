import { fromIni } from '@aws-sdk/credential-provider-ini';
import type { VpcId } from '../core/ids.ts';
import type { Settings } from '../core/settings.ts';
import type { NetworkInterfaces } from '../ports/agent.ts';
import { chosenProfile, readProfile } from './aws-profile.ts';
import { createNetworkInterfaces } from './ec2.ts';
import { EC2Client } from './ec2-client.ts';
import { Ec2Handler, nameProxy } from './ec2-handler.ts';
import type { Target } from './proxy.ts';
import { renewCredentials } from './renew-credentials.ts';
import { trustedAuthorities } from './trusted-authorities.ts';

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
  return createNetworkInterfaces(renewCredentials(create, chosenProfile(settings.profile)), signal, ownVpc);
}

/**
 * Makes clients of EC2 in `region`, by the proxy that the environment names.
 * @throws {AgentError} where the profile is none, or names authorities that can't be read
 */
export async function clientFactory(region: string, settings: ConnectionSettings): Promise<() => EC2Client> {
  const name = chosenProfile(settings.profile);
  const authorities = trustedAuthorities(await readProfile(settings.profile));
  const options = {
    connectionTimeout: settings.connectTimeout,
    requestTimeout: settings.requestTimeout,
    // Without it the SDK only logs that an answer is late.
    throwOnRequestTimeout: true,
  };
  return () =>
    namingProxy(
      new EC2Client({
        region,
        maxAttempts: settings.maxAttempts,
        requestHandler: new Ec2Handler(options, authorities),
        ...(settings.profile === undefined ? {} : { profile: settings.profile }),
        // Where the profile has none, or their source fails, the SDK would go on to the instance's role.
        ...(name === undefined ? {} : { credentials: fromIni({ profile: name }) }),
        ...(settings.endpointUrl === undefined ? {} : { endpoint: settings.endpointUrl }),
      }),
    );
}

/** An answer that is an error, too, may be of the proxy that it came by. */
function namingProxy(client: EC2Client): EC2Client {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        throw nameProxy(error, args.request as Target);
      }
    },
    { step: 'deserialize', priority: 'high', name: 'aws-eni-name-proxy' },
  );
  return client;
}

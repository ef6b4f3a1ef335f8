import type { VpcId } from '../core/ids.ts';
import type { NetworkInterfaces } from '../ports/agent.ts';
import type { ConnectionSettings } from './ec2-connection.ts';

/** EC2, whose client is loaded with the first call: loading it takes three times as long as a whole healthy monitor. */
export function createEc2(
  settings: ConnectionSettings,
  signal: () => AbortSignal,
  ownVpc: () => Promise<VpcId>,
): (region: string) => NetworkInterfaces {
  return (region) => {
    let connection: Promise<NetworkInterfaces> | undefined;
    const connect = (): Promise<NetworkInterfaces> => {
      connection ??= import('./ec2-connection.ts').then(({ connectToEc2 }) =>
        connectToEc2(region, settings, signal, ownVpc),
      );
      return connection;
    };
    return {
      find: async (...args) => (await connect()).find(...args),
      instances: async (...args) => (await connect()).instances(...args),
      subnet: async (...args) => (await connect()).subnet(...args),
      limits: async (...args) => (await connect()).limits(...args),
      checkAttachAllowed: async (...args) => (await connect()).checkAttachAllowed(...args),
      attach: async (...args) => (await connect()).attach(...args),
      detach: async (...args) => (await connect()).detach(...args),
    };
  };
}

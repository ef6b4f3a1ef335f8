import type { InstanceMetadata } from '../ports/agent.ts';

/** The metadata service, whose client is loaded with the first question: a healthy monitor has none. */
export function createMetadata(remainingMs: () => number): InstanceMetadata {
  let loading: Promise<InstanceMetadata> | undefined;
  const load = (): Promise<InstanceMetadata> => {
    loading ??= import('./imds.ts').then(({ createInstanceMetadata }) => createInstanceMetadata(remainingMs));
    return loading;
  };
  return {
    identity: async () => (await load()).identity(),
    vpcId: async () => (await load()).vpcId(),
    findInterface: async (target) => (await load()).findInterface(target),
  };
}

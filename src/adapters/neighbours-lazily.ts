import type { Neighbours } from '../ports/neighbours.ts';

/** What tells other software, which is loaded with the first call: a monitor makes none. */
export function createNeighbours(resource: string, remainingMs: () => number): Neighbours {
  let loading: Promise<Neighbours> | undefined;
  const load = (): Promise<Neighbours> => {
    loading ??= import('./neighbours/create-neighbours.ts').then((module) =>
      module.createNeighbours(resource, remainingMs),
    );
    return loading;
  };
  return {
    keepOff: async (mac) => (await load()).keepOff(mac),
    areKeptOff: async (mac) => (await load()).areKeptOff(mac),
    takeDevice: async (mac) => (await load()).takeDevice(mac),
    letBack: async (options) => (await load()).letBack(options),
    look: async (mac) => (await load()).look(mac),
  };
}

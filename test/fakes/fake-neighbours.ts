import type { Mac } from '../../src/core/ids.ts';
import type { Neighbours } from '../../src/ports/neighbours.ts';

/** A node whose other network software remembers what it was told. */
export interface FakeNeighbours extends Neighbours {
  /** The MAC that all leave alone; `undefined`: nobody has been told, or it was taken back. */
  readonly keptOff: Mac | undefined;
  /** What was asked of them, in order. */
  readonly calls: readonly string[];
  /** `name` has the device in its hands from now on, until it is taken from it. */
  hold(name: string): void;
  /** From now on nothing can be told to them, for this reason; `undefined`: they listen again. */
  deafen(because: string | undefined): void;
}

export function createFakeNeighbours(): FakeNeighbours {
  let keptOff: Mac | undefined;
  let deafness: string | undefined;
  const holders = new Set<string>();
  const calls: string[] = [];
  const failures = (): readonly string[] =>
    deafness === undefined ? [] : [`could not tell udev: ${deafness}`];
  return {
    get keptOff() {
      return keptOff;
    },
    calls,
    hold: (name) => holders.add(name),
    deafen: (because) => {
      deafness = because;
    },
    keepOff: async (mac) => {
      calls.push('keepOff');
      if (deafness === undefined) keptOff = mac;
      return failures();
    },
    dispossess: async () => {
      calls.push('dispossess');
      const had = [...holders];
      if (deafness === undefined) holders.clear();
      return { holders: had, failures: had.length === 0 ? [] : failures() };
    },
    letBack: async () => {
      calls.push('letBack');
      if (deafness === undefined) keptOff = undefined;
      return failures();
    },
    look: async () => [...holders].map((name) => ({ name, stand: 'held' as const, because: '' })),
  };
}

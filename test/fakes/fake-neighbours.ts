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
  disconnect(because: string | undefined): void;
  /** As a boot does. */
  forget(): void;
}

/** @param hasDevice whether the node has a device with that MAC */
export function createFakeNeighbours(hasDevice: (mac: Mac) => boolean): FakeNeighbours {
  let keptOff: Mac | undefined;
  let silence: string | undefined;
  const holders = new Set<string>();
  const calls: string[] = [];
  const failures = (): readonly string[] =>
    silence === undefined ? [] : [`could not tell udev: ${silence}`];
  return {
    get keptOff() {
      return keptOff;
    },
    calls,
    hold: (name) => holders.add(name),
    disconnect: (because) => {
      silence = because;
    },
    forget: () => {
      keptOff = undefined;
      holders.clear();
    },
    keepOff: async (mac) => {
      calls.push('keepOff');
      if (silence === undefined) keptOff = mac;
      return failures();
    },
    areKeptOff: async (mac) => keptOff === mac,
    takeDevice: async () => {
      calls.push('takeDevice');
      if (silence !== undefined) return { formerHolders: [], failures: holders.size === 0 ? [] : failures() };
      const formerHolders = [...holders];
      holders.clear();
      return { formerHolders, failures: [] };
    },
    letBack: async ({ evenIfHere }) => {
      calls.push('letBack');
      if (!evenIfHere && keptOff !== undefined && hasDevice(keptOff)) return [];
      if (silence === undefined) keptOff = undefined;
      return failures();
    },
    look: async () => [...holders].map((name) => ({ name, stand: 'held' as const, because: '' })),
  };
}

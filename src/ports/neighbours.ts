import type { Mac } from '../core/ids.ts';

/**
 * Other software of this node that configures network devices: NetworkManager, systemd-networkd, wicked, and what rules
 * of udev run. No method rejects, for a service must not end because of a neighbour: what could not be done comes back
 * in words.
 */
export interface Neighbours {
  /** From now until `letBack`, or the next boot, they leave the device with this MAC alone, whether it is here or comes. */
  keepOff(mac: Mac): Promise<readonly string[]>;
  /** Whether they have been told so already. */
  areKeptOff(mac: Mac): Promise<boolean>;
  /** Takes the device that is here out of the hands of whoever has it. What they configured on it may be left. */
  takeDevice(mac: Mac): Promise<Taken>;
  /**
   * Takes back what `keepOff` said for this resource; what an interrupted one left, too.
   * @param evenIfHere also while the device is here
   */
  letBack(options: { readonly evenIfHere: boolean }): Promise<readonly string[]>;
  /** How each one that is known stands to the device, or would if it were here. Changes nothing. */
  look(mac: Mac | undefined): Promise<readonly Standing[]>;
}

interface Taken {
  /** Names of those who had it, and have it no more. */
  readonly formerHolders: readonly string[];
  readonly failures: readonly string[];
}

/** `held`: it configures the device. `kept-off`: it has been told not to. `would-be`: start would tell it. */
type Stand = 'held' | 'kept-off' | 'would-be' | 'out-of-reach';

export interface Standing {
  readonly name: string;
  readonly stand: Stand;
  /** Why it is out of reach, then after a semicolon what to do; empty for all others. */
  readonly because: string;
}

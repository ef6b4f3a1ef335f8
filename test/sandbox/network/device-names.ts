import type { RenamePolicy } from '../sandbox-options.ts';

/** What a plugged ENI is called. */
export interface DeviceName {
  /** Under which it shows up; the first that is free. */
  readonly first: readonly string[];
  /** To which it is renamed; the first that is free. Empty: it keeps its name. */
  readonly final: readonly string[];
}

/** udev's first rename was seen some milliseconds after the device came up. */
export const RENAME_AFTER_MS = 16;

const NAMES = ['eth1', 'ens6', 'enp39s0'];
const KERNEL_NAMES = Array.from({ length: 16 }, (_, index) => `eth${index + 1}`);

/** The same sequence in each run: names go round, and every third device is renamed unless told otherwise. */
export function createDeviceNames(names: readonly string[] = NAMES): (policy: RenamePolicy) => DeviceName {
  let count = 0;
  return (policy) => {
    const turn = count % names.length;
    count += 1;
    const wanted = [...names.slice(turn), ...names.slice(0, turn), ...KERNEL_NAMES];
    const renamed = policy === 'always' || (policy === 'every-third' && count % 3 === 0);
    if (!renamed) return { first: wanted, final: [] };
    const first = KERNEL_NAMES.filter((name) => name !== wanted[0]);
    return { first, final: wanted };
  };
}

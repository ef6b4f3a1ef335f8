import type { Neighbours, Standing } from '../../ports/neighbours.ts';
import { fileNameOf } from '../own-file.ts';
import { ifupdown } from './ifupdown.ts';
import { networkManager } from './network-manager.ts';
import type { NetworkSoftware } from './network-software.ts';
import { createNetworkd } from './networkd.ts';
import { isLeft, isPosted, macOf, post, withdraw } from './notice.ts';
import type { PresentDevice } from './present-device.ts';
import { findDevice } from './present-device.ts';
import { createUdev, HOOKS } from './udev.ts';
import { wicked } from './wicked.ts';

/**
 * What all of them together are given. They answer in milliseconds; on a node that is short of time, in seconds. A start
 * waits for that, since one that is not told takes the device; a stop, for which another node may be waiting, loses
 * nothing where it does not. One that hangs takes at most a third of what is left of the action's time.
 */
const START_PATIENCE_MS = 15_000;
const STOP_PATIENCE_MS = 5_000;
const SHARE = 3;

/** For what udev has in hand when the device has gone, which takes milliseconds. */
const SETTLE_MS = 1_000;

const NO_UDEV = 'it would be told by udev, which does not run; start systemd-udevd';

/** What configures network devices on this node besides the agent, told by files that a boot forgets. */
export function createNeighbours(resource: string, remainingMs: () => number): Neighbours {
  const key = fileNameOf(resource);
  const udev = createUdev(key);
  const networkd = createNetworkd(key);
  const throughUdev = [networkManager, wicked, ifupdown];
  const software: readonly NetworkSoftware[] = [networkd, ...throughUdev];
  // udev's notice is withdrawn last: as long as it is there, an interrupted withdrawal is gone on with.
  const readers = [networkd, udev];
  /** Whoever could not be told is not waited for again. */
  const untold = new Set<object>();
  const endOf = (patienceMs: number): number =>
    performance.now() + Math.min(patienceMs, remainingMs() / SHARE);

  return {
    keepOff: async (mac) => {
      const untilMs = endOf(START_PATIENCE_MS);
      const present = readers.filter((one) => one.isInstalled());
      const failures = await failuresOf(present, 'could not tell', async (one) => {
        untold.add(one);
        await post(one, mac, untilMs);
        untold.delete(one);
      });
      if (udev.isInstalled()) return failures;
      const unreached = await failuresOf(throughUdev, 'could not tell', async (one) => {
        if (one.isInstalled() && (await one.runs(untilMs))) throw new Error(NO_UDEV);
      });
      return [...failures, ...unreached];
    },
    areKeptOff: async (mac) => readers.filter((one) => one.isInstalled()).every((one) => isPosted(one, mac)),
    takeDevice: async (mac) => {
      const untilMs = endOf(START_PATIENCE_MS);
      const device = findDevice(mac);
      if (device === undefined) return { formerHolders: [], failures: [] };
      const unmarked = [udev].filter((one) => one.isInstalled() && !untold.has(one) && !one.isMarked(device));
      const unseen = await failuresOf(unmarked, 'could not tell', (one) =>
        one.lookAgain(device, true, untilMs),
      );
      const formerHolders: string[] = [];
      const failures = await failuresOf(software, `could not take ${device.name} from`, async (one) => {
        if (untold.has(one) || !one.isInstalled() || !(await one.holds(device, untilMs))) return;
        await one.takeFrom(device, untilMs);
        formerHolders.push(one.name);
      });
      return { formerHolders, failures: [...unseen, ...failures] };
    },
    letBack: async ({ evenIfHere }) => {
      const left = readers.filter(isLeft);
      const device = left.flatMap((one) => presentOf(macOf(one)))[0];
      if (device !== undefined && !evenIfHere) return [];
      const untilMs = endOf(STOP_PATIENCE_MS);
      // Whose rule is gone by the time that udev gets to it, a device goes with the programs of all rules. None is worth
      // a longer wait.
      if (left.includes(udev)) await settle(udev, untilMs);
      const failures: string[] = [];
      for (const reader of left) {
        failures.push(...(await failuresOf([reader], 'could not tell', (one) => withdraw(one, untilMs))));
      }
      const marked = device !== undefined && udev.isInstalled() && udev.isMarked(device) ? [device] : [];
      for (const one of marked) {
        failures.push(
          ...(await failuresOf([udev], 'could not tell', () => udev.lookAgain(one, false, untilMs))),
        );
      }
      return failures;
    },
    look: async (mac) => {
      const untilMs = endOf(START_PATIENCE_MS);
      const device = presentOf(mac)[0];
      const isTold = (reader: typeof udev | typeof networkd): boolean =>
        mac !== undefined && isPosted(reader, mac);
      const standingOf = async (one: NetworkSoftware): Promise<Standing> => {
        const { name } = one;
        const isDirect = one === networkd;
        const because = one.obstacle(device) ?? (isDirect || udev.isInstalled() ? undefined : NO_UDEV);
        if (because !== undefined) return { name, stand: 'out-of-reach', because };
        if (device !== undefined && (await holdsForAllThatIsKnown(one, device, untilMs)))
          return { name, stand: 'held', because: '' };
        return { name, stand: isTold(isDirect ? networkd : udev) ? 'kept-off' : 'would-be', because: '' };
      };
      const hooks = Object.keys(HOOKS).map(
        (name): Standing =>
          udev.isInstalled()
            ? { name, stand: isTold(udev) ? 'kept-off' : 'would-be', because: '' }
            : { name, stand: 'out-of-reach', because: NO_UDEV },
      );
      return [...(await Promise.all(software.map(standingOf))), ...hooks];
    },
  };
}

function presentOf(mac: Parameters<typeof findDevice>[0] | undefined): readonly PresentDevice[] {
  const device = mac === undefined ? undefined : findDevice(mac);
  return device === undefined ? [] : [device];
}

async function settle({ settle }: ReturnType<typeof createUdev>, untilMs: number): Promise<void> {
  await settle(Math.min(untilMs, performance.now() + SETTLE_MS)).catch(() => undefined);
}

/** One that can't be asked has what it has. */
async function holdsForAllThatIsKnown(
  one: NetworkSoftware,
  device: PresentDevice,
  untilMs: number,
): Promise<boolean> {
  return one.isInstalled() && (await one.holds(device, untilMs).catch(() => true));
}

/** All at once; what one of them can't be told keeps it from no other. */
async function failuresOf<T extends { readonly name: string }>(
  all: readonly T[],
  activity: string,
  act: (one: T) => Promise<void>,
): Promise<readonly string[]> {
  const failures = await Promise.all(
    all.map(async (one) => {
      try {
        await act(one);
        return [];
      } catch (error) {
        return [`${activity} ${one.name}: ${error instanceof Error ? error.message : String(error)}`];
      }
    }),
  );
  return failures.flat();
}

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { Mac } from '../../core/ids.ts';
import type { Neighbours, Standing } from '../../ports/neighbours.ts';
import { fileNameOf } from '../own-file.ts';
import { replaceFile } from '../replace-file.ts';
import { ifupdown } from './ifupdown.ts';
import type { Neighbour, PresentDevice } from './neighbour.ts';
import { networkManager } from './network-manager.ts';
import { createNetworkd } from './networkd.ts';
import { createUdev, HOOKS } from './udev.ts';
import { wicked } from './wicked.ts';

const NET = '/sys/class/net';

/**
 * They answer in milliseconds, on a node that is short of time in seconds. One that is not told takes the device, so a
 * start waits for that; a stop, for which another node may be waiting, loses nothing where it does not.
 */
const START_PATIENCE_MS = 15_000;
const STOP_PATIENCE_MS = 5_000;

/**
 * What configures network devices on this node besides the agent, told by files that a boot forgets.
 * @param remainingMs what is left of the action's time; one that hangs takes at most a third of it
 */
export function createNeighbours(resource: string, remainingMs: () => number): Neighbours {
  const key = fileNameOf(resource);
  const udev = createUdev(key);
  const networkd = createNetworkd(key);
  const all = [networkd, networkManager, wicked, ifupdown, udev];
  const within = (patienceMs: number): number => Math.min(patienceMs, remainingMs() / 3);
  const here = (): readonly Neighbour[] => all.filter((neighbour) => neighbour.isHere());
  return {
    keepOff: async (mac) =>
      failuresOf(here(), 'could not tell', (one) => notify(one, mac, within(START_PATIENCE_MS))),
    dispossess: async (mac) => {
      const device = findDevice(mac);
      if (device === undefined) return { holders: [], failures: [] };
      const seize = (one: Neighbour): Promise<void> =>
        one.holds(device) ? one.takeFrom(device, within(START_PATIENCE_MS)) : DONE;
      const unmarked = await failuresOf(
        [udev].filter((one) => one.isHere()),
        'could not have',
        seize,
      );
      const holders = here().filter((one) => one !== udev && one.holds(device));
      const failures = await failuresOf(holders, `could not take ${device.name} from`, seize);
      return { holders: holders.map(({ name }) => name), failures: [...unmarked, ...failures] };
    },
    letBack: async () => {
      const told = [networkd, udev];
      if (!told.some((one) => one.noticePaths().some((path) => existsSync(path)))) return [];
      // udev's notice goes last: as long as it is there, an interrupted one is gone on with.
      const tellOf = (one: Neighbour): Promise<void> => withdraw(one, within(STOP_PATIENCE_MS));
      const others = await failuresOf([networkd], 'could not tell', tellOf);
      return [...others, ...(await failuresOf([udev], 'could not tell', tellOf))];
    },
    look: async (mac) => {
      const device = mac === undefined ? undefined : findDevice(mac);
      const isTold = (one: Neighbour): boolean =>
        mac !== undefined && one.notices(mac).every(({ path, text }) => contentOf(path) === text);
      const standingOf = (one: Neighbour): Standing => {
        const { name } = one;
        // Only networkd goes by files of its own alone.
        const because = one.deafTo(device) ?? (one === networkd || udev.isHere() ? undefined : NO_UDEV);
        if (because !== undefined) return { name, stand: 'deaf', because };
        if (device !== undefined && one !== udev && one.holds(device))
          return { name, stand: 'held', because: '' };
        const isKept = isTold(one === networkd ? networkd : udev);
        return { name, stand: isKept ? 'kept-off' : 'would-be', because: '' };
      };
      const programs = [networkd, networkManager, wicked, ifupdown].map(standingOf);
      return [...programs, ...Object.keys(HOOKS).map((name) => ({ ...standingOf(udev), name }))];
    },
  };
}

const NO_UDEV = 'it would be told by udev, which does not run; start systemd-udevd';

const DONE = Promise.resolve();

function notify(one: Neighbour, mac: Mac, patienceMs: number): Promise<void> {
  for (const { path, text } of one.notices(mac)) replaceFile(path, text);
  return one.rereadNotices(patienceMs);
}

async function withdraw(one: Neighbour, patienceMs: number): Promise<void> {
  for (const path of one.noticePaths()) rmSync(path, { force: true });
  if (one.isHere()) await one.rereadNotices(patienceMs);
}

/** All at once; what one of them can't be told keeps it from no other. */
async function failuresOf(
  neighbours: readonly Neighbour[],
  activity: string,
  act: (one: Neighbour) => Promise<void>,
): Promise<readonly string[]> {
  const failures = await Promise.all(
    neighbours.map(async (one) => {
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

function findDevice(mac: Mac): PresentDevice | undefined {
  for (const name of readdirSync(NET)) {
    if (contentOf(`${NET}/${name}/address`)?.trim() !== mac) continue;
    const ifindex = Number(contentOf(`${NET}/${name}/ifindex`));
    if (ifindex > 0) return { name, ifindex, mac };
  }
  return undefined;
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

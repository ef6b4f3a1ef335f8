import type { Mac } from '../core/ids.ts';
import type { Change, Device, Route } from '../core/kernel.ts';
import { deviceWithMac, MAIN_TABLE } from '../core/kernel.ts';
import { isExclusive, nameOfTarget } from '../core/settings.ts';
import type { Task } from './task.ts';

/** That nobody else configures the ENI's device, for one action. */
export interface Exclusion {
  /** Tells the others, beside whatever else is done; the first call counts. Never rejects. */
  begin(mac: Mac): void;
  /** Resolves when they know, or can't be told: what comes after that comes to nobody else. Never rejects. */
  told(): Promise<void>;
  /**
   * Once the device is here: resolves when nobody else has it in their hands.
   * @param wasHere whether it was there before the others were told
   * @returns whether what others had configured on it was taken away, so that the kernel must be looked at anew
   */
  complete(mac: Mac, wasHere: boolean): Promise<boolean>;
}

/** With `exclusive=false`, or where others are to configure the device, what an earlier start had said is taken back. */
export function excludeOthers(task: Task): Exclusion {
  const { ports } = task;
  let told: Promise<readonly string[]> | undefined;
  let isComplete = false;
  return {
    begin: (mac) => {
      told ??= isExclusive(task.settings) ? ports.neighbours.keepOff(mac) : ports.neighbours.letBack();
    },
    told: async () => {
      await told;
    },
    complete: async (mac, wasHere) => {
      if (isComplete) return false;
      isComplete = true;
      const deaf = (await told) ?? [];
      for (const failure of deaf) ports.log.warn(`${failure}; ${consequence(task)}`);
      if (!isExclusive(task.settings)) return false;
      const { holders, failures } = await ports.neighbours.dispossess(mac);
      for (const failure of failures) ports.log.warn(`${failure}; ${consequence(task)}`);
      if (holders.length > 0)
        ports.log.info(`took ${nameOfTarget(task.settings)} from ${holders.join(', ')}`);
      return wasHere || holders.length > 0 || deaf.length > 0 ? clean(task, mac) : false;
    },
  };
}

/** After a stop. As long as the device is here, nobody is to configure it: it has been taken down for a reason. */
export async function letOthersBack(task: Task, mac: Mac | undefined): Promise<void> {
  const { devices, log, neighbours } = task.ports;
  if (mac !== undefined && (await devices.look(mac)) !== 'absent') return;
  for (const failure of await neighbours.letBack()) {
    log.warn(`${failure}; it goes on leaving that device alone until this node boots`);
  }
}

function consequence({ settings }: Task): string {
  return `it may configure the device of ${nameOfTarget(settings)}, too; see 'aws-eni doctor'`;
}

/**
 * Takes away what others have configured on the device, where the main table shows that they have: their default route
 * by the ENI would change the way of the node's own traffic. A link that goes down loses its routes by itself.
 */
async function clean({ ports }: Task, mac: Mac): Promise<boolean> {
  const kernel = await ports.routing.read(MAIN_TABLE, ['ipv4', 'ipv6']);
  const device = deviceWithMac(kernel, mac);
  if (device === undefined || !kernel.routes.some((route) => isForeign(route, device))) return false;
  const changes: readonly Change[] = [
    { do: 'set-link', device: device.name, up: false },
    ...device.addresses.map((address): Change => ({ do: 'delete-address', device: device.name, address })),
  ];
  await ports.routing.apply(changes);
  return true;
}

/** The kernel makes those of a link that is up by itself. */
const OWN_OF_LINKS: readonly string[] = ['fe80::/64', 'ff00::/8'];

function isForeign({ to, device }: Route, { name }: Device): boolean {
  return device === name && !OWN_OF_LINKS.includes(to);
}

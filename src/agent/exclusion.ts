import { asAgentError } from '../core/failure.ts';
import type { Mac } from '../core/ids.ts';
import type { Change, Device, Route } from '../core/kernel.ts';
import { deviceWithMac, MAIN_TABLE } from '../core/kernel.ts';
import { isExclusive, nameOfTarget } from '../core/settings.ts';
import { patiently } from './local-network.ts';
import type { Task } from './task.ts';

/** That nobody else configures the ENI's device, for one action. */
export interface Exclusion {
  /** Tells the others, beside whatever else is done; the first call counts. Never rejects. */
  begin(mac: Mac): void;
  /** Resolves when they know, or can't be told: what comes after that comes to nobody else. Never rejects. */
  told(): Promise<void>;
  /**
   * Once the device is here: resolves when nobody else has it in their hands. The first call counts. Never rejects.
   * @param mayBeConfigured whether others may have configured it before they were told
   * @returns whether anything of that may have been taken away, so that the kernel must be looked at anew
   */
  takeDevice(mac: Mac, mayBeConfigured: boolean): Promise<boolean>;
}

/** With `exclusive=false`, or where others are to configure the device, what an earlier start had said is taken back. */
export function excludeOthers(task: Task): Exclusion {
  const { ports, deadline } = task;
  const isWanted = isExclusive(task.settings);
  let telling: Promise<readonly string[]> | undefined;
  let isTaken = false;
  const told = async (): Promise<readonly string[]> => {
    deadline.doing(`telling other network software about the device of ${nameOfTarget(task.settings)}`);
    return (await telling) ?? [];
  };
  return {
    begin: (mac) => {
      telling ??= isWanted ? ports.neighbours.keepOff(mac) : ports.neighbours.letBack({ evenIfHere: true });
    },
    told: async () => {
      await told();
    },
    takeDevice: async (mac, mayBeConfigured) => {
      if (isTaken) return false;
      isTaken = true;
      const untold = await told();
      for (const failure of untold) ports.log.warn(`${failure}; ${isWanted ? mayMeddle(task) : STAYS_AWAY}`);
      if (!isWanted) return false;
      deadline.doing(`taking the device of ${nameOfTarget(task.settings)} from other network software`);
      const { formerHolders, failures } = await ports.neighbours.takeDevice(mac);
      for (const failure of failures) ports.log.warn(`${failure}; ${mayMeddle(task)}`);
      if (formerHolders.length > 0)
        ports.log.info(`took ${nameOfTarget(task.settings)} from ${formerHolders.join(', ')}`);
      const isSuspect = [formerHolders, untold, failures].some(({ length }) => length > 0);
      return mayBeConfigured || isSuspect ? clean(task, mac) : false;
    },
  };
}

/** After a stop. As long as the device is here, nobody is to configure it: it has been taken down for a reason. Never rejects. */
export async function letOthersBack({ ports, deadline }: Task): Promise<void> {
  deadline.doing('letting other network software have such a device again');
  for (const failure of await ports.neighbours.letBack({ evenIfHere: false })) {
    ports.log.warn(`${failure}; ${STAYS_AWAY}`);
  }
}

const STAYS_AWAY = 'it goes on leaving that device alone until this node boots';

function mayMeddle({ settings }: Task): string {
  return `it may configure the device of ${nameOfTarget(settings)}, too; see 'aws-eni doctor'`;
}

/**
 * Takes away what others have configured on the device, where the main table shows that they have: their default route
 * by the ENI would change the way of the node's own traffic. A link that goes down loses its routes by itself.
 */
async function clean(task: Task, mac: Mac): Promise<boolean> {
  const { routing, log } = task.ports;
  try {
    const kernel = await patiently(task, ({ read }) => read(MAIN_TABLE, ['ipv4', 'ipv6']));
    const device = deviceWithMac(kernel, mac);
    if (device === undefined || !kernel.routes.some((route) => isForeign(route, device))) return false;
    const changes: readonly Change[] = [
      { do: 'set-link', device: device.name, up: false },
      ...device.addresses.map((address): Change => ({ do: 'delete-address', device: device.name, address })),
    ];
    await routing.apply(changes);
  } catch (thrown) {
    const error = asAgentError(thrown);
    if (error.kind !== 'transient') throw error;
    log.warn(
      `${error.message}; the main table may lead the node's own traffic by ${nameOfTarget(task.settings)}`,
    );
  }
  return true;
}

/** The kernel makes those of a link that is up by itself. */
const OWN_OF_LINKS: readonly string[] = ['fe80::/64', 'ff00::/8'];

function isForeign({ to, device }: Route, { name }: Device): boolean {
  return device === name && !OWN_OF_LINKS.includes(to);
}

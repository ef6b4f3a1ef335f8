import { isSameRule } from '../core/assess.ts';
import { changesToDrop, changesToServe } from '../core/changes.ts';
import { AgentError } from '../core/failure.ts';
import type { Mac } from '../core/ids.ts';
import type { Change, Device } from '../core/kernel.ts';
import { deviceWithMac } from '../core/kernel.ts';
import { desiredMtu } from '../core/mtu.ts';
import { isExclusive, nameOfTarget } from '../core/settings.ts';
import { declareTable } from './declare-table.ts';
import { excludeOthers } from './exclusion.ts';
import { wholeState } from './identify.ts';
import { judge, networkOf, patiently, rulesOf } from './local-network.ts';
import { findDefaultDevices, warnOfMtu, warnOfRaised } from './mtu.ts';
import { takeLock } from './take-lock.ts';
import type { Task } from './task.ts';

/**
 * Makes changed settings effective without a moment in which the node does not serve: what is new comes first, what
 * the former settings had made goes after it.
 * @throws {AgentError} `transient`, when the resource does not run here
 */
export async function reload(task: Task): Promise<void> {
  const { ports, settings } = task;
  task.deadline.doing('reloading');
  await takeLock(task);
  const state = await wholeState(task);
  if (state !== undefined) await takeOver(task, state.service.mac);
  const judged = state && (await judge(task, state.service));
  const device = state && judged && deviceWithMac(judged.kernel, state.service.mac);
  if (state === undefined || judged === undefined || device === undefined) {
    throw new AgentError(
      'transient',
      `${nameOfTarget(settings)} does not run here, so there is nothing to reload`,
    );
  }
  const { kernel, desired } = judged;
  const mtu = desiredMtu(state.service, settings, kernel, await findDefaultDevices(task));
  warnOfRaised(task, mtu);
  const scope = {
    table: settings.routingTableId,
    manageAddresses: settings.manageAddresses,
    mtu: mtu?.bytes,
  };
  const former = rulesOf(state.network);
  const outdated = former.filter((rule) => !desired.rules.some((wanted) => isSameRule(wanted, rule)));
  const refused = await ports.routing.apply([
    ...changesToServe(kernel, device, desired, scope),
    ...changesToDrop(kernel, outdated),
  ]);
  warnOfMtu(task, refused);
  await dropRoutes(task, state.network.routingTableId, device);
  await declareTable(task);
  const { health } = await judge(task, state.service);
  if (health.is !== 'running') {
    const missing = health.is === 'broken' ? health.missing.join(', ') : 'everything';
    throw new AgentError(
      'transient',
      `after the reload ${nameOfTarget(settings)} lacks ${missing}; a restart of the resource puts it right`,
    );
  }
  await ports.state.write({ ...state, network: networkOf(state.service, settings) });
}

/** Of the table that the resource had before, in which nothing is looked up any more. */
async function dropRoutes(task: Task, formerTable: number, { name }: Device): Promise<void> {
  if (formerTable === task.settings.routingTableId) return;
  const { routes } = await patiently(task, (routing) => routing.read(formerTable, ['ipv4', 'ipv6']));
  const changes = routes
    .filter(({ device }) => device === name)
    // In reverse: the default route leans on the link's own network.
    .toReversed()
    .map((route): Change => ({ do: 'delete-route', route, table: formerTable }));
  if (changes.length > 0) await task.ports.routing.apply(changes);
}

/** A changed `exclusive`, before the kernel is looked at: whoever lets go of the device may take its addresses along. */
async function takeOver(task: Task, mac: Mac): Promise<void> {
  if (isExclusive(task.settings) && (await task.ports.neighbours.areKeptOff(mac))) return;
  const exclusion = excludeOthers(task);
  exclusion.begin(mac);
  await exclusion.takeDevice(mac, false);
}

import { foreignDefaultRoutes } from '../core/assess.ts';
import { changesToServe } from '../core/changes.ts';
import { asAgentError } from '../core/failure.ts';
import type { Change } from '../core/kernel.ts';
import { deviceWithMac } from '../core/kernel.ts';
import type { Service } from '../core/service.ts';
import type { Broken } from './damage.ts';
import { damageIn } from './damage.ts';
import { wholeState } from './identify.ts';
import type { Judged } from './local-network.ts';
import { judge } from './local-network.ts';
import { takeLock } from './take-lock.ts';
import type { Task } from './task.ts';

/**
 * How a repair ended. `done`: the node serves. `moot`: after the wait for the lock there was nothing to put back, and
 * nothing was changed, or the device has gone. `failed`: it serves in part only, for this reason.
 */
export type Repair =
  | { readonly is: 'done'; readonly missing: readonly string[] }
  | { readonly is: 'moot' }
  | { readonly is: 'failed'; readonly health: Broken; readonly why: string };

/** A device may change its name between a look and a change; a second refusal has another reason. */
const TRIES = 2;

/** A link that was set up has its carrier soon, if it has one at all. */
const SETTLE_MS = 1_000;
const SETTLE_PAUSE_MS = 25;

const NOT_OURS = "that is not monitor's to put back; a restart of the resource attaches the ENI anew";

/**
 * Puts back what is missing of a service that start has left here. The lock is waited for first, and all that decides is
 * looked at anew after it: whoever held it may have stopped the service, or have put everything right.
 * @param seen what is missing before the wait, for the reason in case that the lock can't be had
 * @throws {AgentError} when the kernel can't be looked at
 */
export async function repair(task: Task, seen: Broken): Promise<Repair> {
  task.deadline.doing(
    `waiting for another action on this resource to end, to put back ${seen.missing.join(', ')}`,
  );
  const held = await refusalOf(() => takeLock(task));
  if (held !== undefined) return failed(seen, `it could not be put back: ${held}`);
  const service = (await wholeState(task))?.service;
  if (service === undefined) return { is: 'moot' };
  let missing: readonly string[] | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const { health, changes, foreign } = await lookAt(task, service);
    if (health.is === 'running' && missing !== undefined) return { is: 'done', missing };
    if (health.is === 'running' || changes === undefined) return { is: 'moot' };
    const damage = damageIn(health);
    missing ??= damage.missing;
    task.deadline.doing(`putting back ${missing.join(', ')}`);
    if (foreign !== undefined) return failed(damage, foreign);
    if (changes.length === 0) return failed(damage, NOT_OURS);
    const refused = await refusalOf(() => task.ports.routing.apply(changes));
    if (refused === undefined) return settle(task, service, missing);
    if (attempt === TRIES) return failed(damage, `it could not be put back: ${refused}`);
  }
}

/** Waits until what was put back is effective. */
async function settle(task: Task, service: Service, missing: readonly string[]): Promise<Repair> {
  const { clock } = task.ports;
  const untilMs = clock.nowMs() + Math.min(SETTLE_MS, task.deadline.remainingMs() / 2);
  for (;;) {
    const { health, changes } = await lookAt(task, service);
    if (health.is === 'running') return { is: 'done', missing };
    if (changes === undefined) return { is: 'moot' };
    const damage = damageIn(health);
    if (changes.length > 0) {
      return failed(
        damage,
        "it was put back and is gone again at once; find out what takes it away ('ip monitor' shows when, 'aws-eni doctor' who else configures interfaces)",
      );
    }
    if (clock.nowMs() >= untilMs) return failed(damage, NOT_OURS);
    await clock.sleep(SETTLE_PAUSE_MS);
  }
}

interface Look extends Pick<Judged, 'health'> {
  /** That would put everything right; `undefined`: the device is not there. */
  readonly changes: readonly Change[] | undefined;
  /** Why the table is not to be touched. */
  readonly foreign: string | undefined;
}

async function lookAt(task: Task, service: Service): Promise<Look> {
  const { routingTableId: table, manageAddresses } = task.settings;
  const { kernel, desired, health } = await judge(task, service);
  const device = deviceWithMac(kernel, service.mac);
  if (device === undefined) return { health, changes: undefined, foreign: undefined };
  const changes = changesToServe(kernel, device, desired, { table, manageAddresses });
  const [route] = foreignDefaultRoutes(kernel, device);
  const foreign =
    route === undefined
      ? undefined
      : `table ${table} has a default route dev ${route.device} that is not this resource's; delete it, or give this resource a table of its own with routing_table and routing_table_id`;
  return { health, changes, foreign };
}

/** Why it was not done, where that is told. */
async function refusalOf(act: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (thrown) {
    const error = asAgentError(thrown);
    if (error.kind === 'transient') return error.message;
    throw error;
  }
}

function failed(health: Broken, why: string): Repair {
  return { is: 'failed', health, why };
}

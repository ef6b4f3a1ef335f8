import { asAgentError } from '../core/failure.ts';
import type { DesiredMtu } from '../core/mtu.ts';
import { nameOfTarget } from '../core/settings.ts';
import { patiently } from './local-network.ts';
import type { Task } from './task.ts';

/** Names of the devices by which the node's own traffic leaves, where the MTU is theirs. Never rejects: an MTU fails nothing. */
export async function findDefaultDevices(task: Task): Promise<readonly string[]> {
  const { ports, settings } = task;
  if (settings.mtu !== undefined || !settings.manageAddresses) return [];
  try {
    return await patiently(task, (routing) => routing.defaultDevices());
  } catch (thrown) {
    ports.log.warn(
      `could not tell the primary interface, whose MTU the ENI's device would get: ${asAgentError(thrown).message}; set mtu if it must be another than the device has`,
    );
    return [];
  }
}

/** Says that the parameter is not what is made of it. */
export function warnOfRaised({ settings, ports }: Task, wanted: DesiredMtu | undefined): void {
  if (wanted?.isRaised !== true) return;
  ports.log.warn(
    `mtu ${settings.mtu} is too small for the IPv6 addresses of ${nameOfTarget(settings)}: its device gets ${wanted.bytes}; set mtu to that or more`,
  );
}

/** Says what the kernel refused of it: the service does not depend on it. */
export function warnOfMtu({ settings, ports }: Task, refusals: readonly string[]): void {
  for (const refusal of refusals) {
    ports.log.warn(
      `could not set the MTU of the device of ${nameOfTarget(settings)}: ${refusal}; set mtu to what that device can have`,
    );
  }
}

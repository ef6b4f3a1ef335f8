import { familyOf } from '../core/address.ts';
import { desiredNetwork } from '../core/desired.ts';
import { AgentError } from '../core/failure.ts';
import { deviceWithMac } from '../core/kernel.ts';
import type { Traits } from '../core/service.ts';
import { readKernel } from './local-network.ts';
import type { Task } from './task.ts';

/** ARP is asked three times, a second apart. Source: ip-sysctl, mcast_solicit and retrans_time. */
const PATIENCE_MS = 4_000;
const LOOK_MS = 20;

/**
 * Whether the router of the ENI's subnet answers on the ENI's link.
 * @throws {AgentError} `transient`, when it does not
 */
export async function askRouter(task: Task, traits: Traits): Promise<void> {
  const { clock, routing } = task.ports;
  const device = deviceWithMac(await readKernel(task, traits), traits.mac);
  const source = traits.addresses.find((address) => familyOf(address) === 'ipv4');
  const router = desiredNetwork(traits, task.settings).routes.find(
    ({ via }) => via !== undefined && familyOf(via) === 'ipv4',
  )?.via;
  if (device === undefined || router === undefined || source === undefined) return;
  task.deadline.doing(`asking router ${router} on ${device.name}`);
  await routing.solicit(router, source, device.name);
  const untilMs = clock.nowMs() + Math.min(PATIENCE_MS, task.deadline.remainingMs() / 2);
  while (clock.nowMs() < untilMs) {
    const answer = await routing.neighbour(router, device.name);
    if (answer === 'reachable') return;
    if (answer === 'failed') break;
    await clock.sleep(LOOK_MS);
  }
  throw new AgentError(
    'transient',
    `router ${router} does not answer on ${device.name}; look at the ENI's subnet, security group and route table`,
  );
}

import { contains, hostCidr, parseCidr } from '../core/address.ts';
import type { Health } from '../core/assess.ts';
import { assess } from '../core/assess.ts';
import type { DesiredNetwork } from '../core/desired.ts';
import { desiredNetwork, ruleSources, usedFamilies } from '../core/desired.ts';
import { asAgentError } from '../core/failure.ts';
import type { Kernel, Rule } from '../core/kernel.ts';
import { AGENT_PROTOCOL, interfaceMacOf } from '../core/kernel.ts';
import type { Traits } from '../core/service.ts';
import type { Settings } from '../core/settings.ts';
import type { State } from '../ports/agent.ts';
import type { Task } from './task.ts';

const BOTH_FAMILIES = ['ipv4', 'ipv6'] as const;

/** A failed look is no reason yet to recover a service, or to fence a node that can't be stopped. */
const LOOKS = 3;
const LOOK_PAUSE_MS = 50;
/** More than a look ever takes, on a busy machine too. */
const FAIR_MS = 300;

/**
 * One look at the kernel: at what a known service uses, or at everything while nothing is known.
 * @throws {AgentError} `transient`, when several tries have failed; `tool`, when ip is missing
 */
export function readKernel(task: Task, service?: Traits): Promise<Kernel> {
  const families = service === undefined ? BOTH_FAMILIES : usedFamilies(service);
  return patiently(task, (routing) => routing.read(task.settings.routingTableId, families));
}

/** As `readKernel`, of what it does not show. */
export async function patiently<T>(
  { ports, deadline }: Task,
  read: (routing: Task['ports']['routing']) => Promise<T>,
): Promise<T> {
  for (let look = 1; ; look += 1) {
    const givenMs = deadline.remainingMs();
    try {
      return await read(ports.routing);
    } catch (thrown) {
      const error = asAgentError(thrown);
      // A look that has used up the time is the reason; one that began with the last of it is not.
      const isLast = look === LOOKS || (givenMs > FAIR_MS && deadline.remainingMs() <= LOOK_PAUSE_MS);
      if (error.kind !== 'transient' || isLast) throw error;
      ports.log.warn(`${error.message}; trying again`);
      await ports.clock.sleep(LOOK_PAUSE_MS);
    }
  }
}

export interface Judged {
  readonly kernel: Kernel;
  readonly desired: DesiredNetwork;
  readonly health: Health;
}

/** Whether this node serves, by a look at its kernel alone. */
export async function judge(task: Task, service: Traits): Promise<Judged> {
  const kernel = await readKernel(task, service);
  const desired = desiredNetwork(service, task.settings);
  return { kernel, desired, health: assess(kernel, service, desired) };
}

/** What the kernel is configured with, for a later reload or stop under other settings. */
export function networkOf(service: Traits, settings: Settings): State['network'] {
  return {
    routingTableId: settings.routingTableId,
    rulePriority: settings.rulePriority,
    ruleSources: ruleSources(service, settings),
  };
}

/** The rules that an earlier start made under the settings it then had. */
export function rulesOf(network: State['network']): readonly Rule[] {
  return network.ruleSources.map((from) => ({
    priority: network.rulePriority,
    from,
    table: network.routingTableId,
  }));
}

/**
 * The agent's rules of this resource's priority into this resource's table: without any knowledge of the ENI's
 * addresses these are taken for its own, since a table belongs to one resource. What others made there is not.
 */
export function tracesIn(kernel: Kernel, settings: Settings): readonly Rule[] {
  return kernel.rules.filter(
    (rule) =>
      rule.protocol === AGENT_PROTOCOL &&
      rule.priority === settings.rulePriority &&
      rule.table === settings.routingTableId,
  );
}

/**
 * What the kernel itself tells of the service, where neither a state nor the metadata service says more: the device
 * that has the configured address, or the one that the agent's own rules and the table's routes lead to.
 */
export function traitsInKernel(kernel: Kernel, settings: Settings): Traits | undefined {
  return traitsByAddress(kernel, settings) ?? traitsByTraces(kernel, settings);
}

function traitsByAddress(kernel: Kernel, { ip }: Settings): Traits | undefined {
  if (ip === undefined) return undefined;
  for (const device of kernel.devices) {
    const own = device.addresses.find(({ address }) => address === ip);
    const mac = interfaceMacOf(device);
    if (own === undefined || mac === undefined) continue;
    const subnet = parseCidr(`${ip}/${own.prefixLength}`) ?? hostCidr(ip);
    return { mac, addresses: [ip], subnetCidrs: [subnet] };
  }
  return undefined;
}

function traitsByTraces(kernel: Kernel, settings: Settings): Traits | undefined {
  const traces = tracesIn(kernel, settings);
  for (const device of kernel.devices) {
    const mac = interfaceMacOf(device);
    if (mac === undefined) continue;
    const addresses = device.addresses
      .map(({ address }) => address)
      .filter((address) => traces.some(({ from }) => contains(from, address)));
    const subnetCidrs = kernel.routes
      .filter((route) => route.device === device.name && route.via === undefined)
      .map(({ to }) => to);
    if (addresses.length > 0 && subnetCidrs.length > 0) return { mac, addresses, subnetCidrs };
  }
  return undefined;
}

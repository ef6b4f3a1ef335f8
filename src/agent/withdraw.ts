import { changesToWithdraw } from '../core/changes.ts';
import { desiredNetwork } from '../core/desired.ts';
import { AgentError, asAgentError } from '../core/failure.ts';
import type { Change, Kernel, Rule } from '../core/kernel.ts';
import { deviceWithMac } from '../core/kernel.ts';
import type { Traits } from '../core/service.ts';
import { isWhole } from '../core/service.ts';
import { nameOfTarget } from '../core/settings.ts';
import type { State } from '../ports/agent.ts';
import { readKernel, rulesOf, tracesIn } from './local-network.ts';
import type { Task } from './task.ts';

const TRIES = 20;
const PAUSE_MS = 50;

/**
 * Takes this resource's rules, routes and addresses off this node and its link down, and looks whether they are
 * gone. Needs neither EC2 nor the metadata service.
 * @param traits of the ENI; unknown: only what stands in the resource's own table and rules is taken away
 * @throws {AgentError} `transient`, with the kernel's last refusal, when something is left after many tries
 */
export async function withdraw(
  task: Task,
  traits: Traits | undefined,
  network: State['network'] | undefined,
): Promise<void> {
  task.deadline.doing('taking rules, routes and addresses off this node');
  let refusal: string | undefined;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const kernel = await readKernel(task);
    const changes = changesToLeave(task, kernel, traits, network);
    if (changes.length === 0) {
      task.deadline.blame(undefined);
      return;
    }
    try {
      await task.ports.routing.apply(changes);
    } catch (thrown) {
      const error = asAgentError(thrown);
      if (error.kind !== 'transient') throw error;
      // With no time left for another try, the failure is the reason, rather than that the time is over: the one
      // before this one where there was one, for this one may be no more than the end of the time.
      if (task.deadline.remainingMs() <= PAUSE_MS) {
        throw refusal === undefined ? error : leftBehind(task, refusal);
      }
      refusal = error.message;
      task.deadline.blame(refusal);
      await task.ports.clock.sleep(PAUSE_MS);
    }
  }
  throw leftBehind(task, refusal ?? 'it comes back as often as it is taken away');
}

function leftBehind({ settings }: Task, why: string): AgentError {
  const { routingTableId: table, rulePriority: priority } = settings;
  return new AgentError(
    'transient',
    `could not take ${nameOfTarget(settings)} off this node: ${why}; look at 'ip rule' (${priority}) and 'ip route show table ${table}', and at what else configures them`,
  );
}

/** What of this resource is still on this node, as the changes that take it away. */
export function changesToLeave(
  task: Task,
  kernel: Kernel,
  traits: Traits | undefined,
  network: State['network'] | undefined,
): readonly Change[] {
  const { settings } = task;
  const device = traits && deviceWithMac(kernel, traits.mac);
  const rules: readonly Rule[] =
    traits === undefined
      ? tracesIn(kernel, settings)
      : [
          ...desiredNetwork(traits, settings).rules,
          ...(network === undefined ? [] : rulesOf(network)),
          // Those for a subnet that nobody tells.
          ...(isWhole(traits) ? [] : tracesIn(kernel, settings)),
        ];
  return changesToWithdraw(
    kernel,
    device,
    { rules: distinct(rules), addresses: traits?.addresses ?? [] },
    {
      table: network?.routingTableId ?? settings.routingTableId,
      manageAddresses: settings.manageAddresses,
    },
  );
}

function distinct(rules: readonly Rule[]): readonly Rule[] {
  return [...new Map(rules.map((rule) => [`${rule.priority} ${rule.from} ${rule.table}`, rule])).values()];
}

import type { Health } from '../core/assess.ts';
import { AgentError } from '../core/failure.ts';
import { deviceWithMac } from '../core/kernel.ts';
import type { Reading } from '../core/reading.ts';
import { present } from '../core/reading.ts';
import type { Traits } from '../core/service.ts';
import { nameOfTarget } from '../core/settings.ts';
import { askRouter } from './ask-router.ts';
import { confirmAttachment } from './confirm-attachment.ts';
import type { Broken } from './damage.ts';
import { damageIn } from './damage.ts';
import { askMetadata, wholeState } from './identify.ts';
import { judge, readKernel, tracesIn, traitsInKernel } from './local-network.ts';
import type { Task } from './task.ts';

/** `repaired`: serves again, after something that had been missing was put back. */
export type Verdict = 'running' | 'stopped' | 'repaired';

/** From this level on, the metadata service and EC2 are asked as well; their silence is no answer. */
const LEVEL_ATTACHMENT = 10;
/** From this level on, the subnet's router must answer through the ENI's device. */
const LEVEL_ROUTER = 20;

/**
 * Whether this node serves, from its own kernel. Asks nobody else where a start has left its state; a probe of a
 * node without one asks the metadata service which device would be the ENI's, and does without where it is silent.
 * @param mayRepair whether what is missing may be put back, if the settings want that, too
 * @throws {AgentError} `transient`, naming what is missing and what is there, when the node serves only in part
 */
export async function monitor(task: Task, level: number, mayRepair = false): Promise<Verdict> {
  task.deadline.doing("looking at this node's addresses, rules and routes");
  const state = await wholeState(task);
  if (state === undefined) {
    // Loaded here: where a start has left its state it is not asked.
    const { findOtherResource } = await import('./other-resource.ts');
    const other = await findOtherResource(task);
    if (other !== undefined && other.ownRules.length === 0) {
      task.ports.log.tell(
        `${nameOfTarget(task.settings)} is not this resource's: ${other.name} has started it on this node`,
      );
      return 'stopped';
    }
  }
  const known = state === undefined ? await identify(task) : present(state.service);
  if (known.state !== 'present') return judgeTraces(task, known);
  const traits = known.value;
  const { kernel, health } = await judge(task, traits);
  // Where start has left no state, or stop has taken it away, nothing should serve here.
  const isRepairable = state !== undefined && deviceWithMac(kernel, traits.mac) !== undefined;
  const isToRepair = isRepairable && mayRepair && task.settings.repair;
  let verdict: Verdict;
  if (health.is === 'running' || (health.is === 'stopped' && !isToRepair)) verdict = tell(task, health);
  else {
    const damage = damageIn(health);
    if (!isToRepair) throw inPart(task, damage, nextMove(task, isRepairable));
    if (!(await repairNow(task, damage))) return monitor(task, level);
    verdict = 'repaired';
  }
  if (verdict === 'stopped') return verdict;
  if (level >= LEVEL_ATTACHMENT) await confirmAttachment(task, traits, state);
  if (level >= LEVEL_ROUTER) await askRouter(task, traits);
  return verdict;
}

function tell(task: Task, health: Exclude<Health, Broken>): Verdict {
  const name = nameOfTarget(task.settings);
  if (health.is === 'running') {
    task.ports.log.tell(`${name} is served by this node: ${health.there.join(', ')}`);
  } else {
    task.ports.log.tell(`${name} is not served by this node: no ${health.missing.join(', no ')}`);
  }
  return health.is;
}

/** `false`: there was nothing to put back any more. */
async function repairNow(task: Task, health: Broken): Promise<boolean> {
  const { log, repairs } = task.ports;
  // Loaded here: a healthy monitor has no use for it.
  const { repair } = await import('./repair.ts');
  const outcome = await repair(task, health);
  if (outcome.is === 'failed') throw inPart(task, outcome.health, outcome.why);
  if (outcome.is === 'moot') return false;
  log.warn(
    `put back for ${nameOfTarget(task.settings)}: ${outcome.missing.join(', ')}; find out who took it away ('aws-eni history' has each time, 'aws-eni doctor' who else configures interfaces)`,
  );
  await repairs.add(outcome.missing);
  return true;
}

function inPart({ settings }: Task, { missing, there }: Broken, why: string): AgentError {
  return new AgentError(
    'transient',
    `${nameOfTarget(settings)} serves only in part: missing ${missing.join(', ')}; there ${there.join(', ') || 'nothing'}; ${why}`,
  );
}

function nextMove({ settings }: Task, isRepairable: boolean): string {
  const restart = 'a restart of the resource puts it right';
  if (!isRepairable) return restart;
  return settings.repair
    ? `${restart}; the next monitor of the cluster does so without one`
    : `${restart} (repair=true does so without one)`;
}

/** Without a state: whose MAC to look for. */
async function identify(task: Task): Promise<Reading<Traits>> {
  const metadata = await askMetadata(task);
  if (metadata.state === 'present') return metadata;
  const traits = traitsInKernel(await readKernel(task), task.settings);
  return traits === undefined ? metadata : present(traits);
}

/**
 * No state, no metadata, no device with the address: what start leaves is not here unless its rules are. The state
 * lives as long as the kernel's configuration, until the next boot, so its absence is evidence too.
 */
async function judgeTraces(
  task: Task,
  eni: Exclude<Reading<Traits>, { state: 'present' }>,
): Promise<Verdict> {
  const traces = tracesIn(await readKernel(task), task.settings);
  if (traces.length === 0) {
    const { routingTable, rulePriority } = task.settings;
    task.ports.log.tell(
      `${nameOfTarget(task.settings)} is not served by this node: no such device, no rule ${rulePriority} of the agent to table ${routingTable}`,
    );
    return 'stopped';
  }
  const rules = traces
    .map(({ priority, from, table }) => `${priority}: from ${from} lookup ${table}`)
    .join(', ');
  throw new AgentError(
    'transient',
    `${nameOfTarget(task.settings)} ${whyNotHere(eni)}, but rules are left: ${rules}; a stop of the resource removes them`,
  );
}

function whyNotHere(eni: Exclude<Reading<Traits>, { state: 'present' }>): string {
  return eni.state === 'absent'
    ? 'has no device on this node'
    : `can't be told from other devices of this node without the state that start left (${eni.because})`;
}

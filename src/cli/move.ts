import { letOthersBack } from '../agent/exclusion.ts';
import { handOver, previewHandOver } from '../agent/hand-over.ts';
import { isHere, leave } from '../agent/leave.ts';
import { previewStart } from '../agent/preview.ts';
import { start } from '../agent/start.ts';
import type { Task } from '../agent/task.ts';
import { targetOf } from '../agent/task.ts';
import type { Eni, Identity } from '../core/eni.ts';
import { AgentError } from '../core/failure.ts';
import type { InstanceId } from '../core/ids.ts';
import type { Known } from '../core/plan.ts';
import { nameOfTarget } from '../core/settings.ts';
import { UNNAMED } from '../core/unnamed-resource.ts';
import * as values from '../ocf/values.ts';
import type { Chosen } from './choose-resource.ts';
import { chooseResource, resourceOf } from './choose-resource.ts';
import type { Call, Report } from './command.ts';
import { declareCommand } from './command.ts';
import { createCommandLog } from './log.ts';
import { objectionToMove } from './move/objection.ts';
import type { Moved } from './move/report.ts';
import { reportOf } from './move/report.ts';
import { plannedStart } from './planned-step.ts';
import { faint } from './style.ts';
import * as ids from './values.ts';

const options = {
  to: {
    is: 'value',
    argument: 'INSTANCE-ID',
    parse: ids.instanceId,
    does: 'To that instance instead of this one',
  },
  'dry-run': { is: 'flag', does: 'Print the steps, and take none' },
  'even-if-managed': {
    is: 'flag',
    does: 'Although Pacemaker manages it, or can not be asked: the service may then start twice, or be moved back',
  },
  timeout: {
    is: 'value',
    argument: 'DURATION',
    parse: values.duration(5_000, 3_600_000),
    default: '180s',
    does: 'How long it may take',
  },
} as const;

/** Moves the ENI by hand. */
export const move = declareCommand({
  name: 'move',
  does: 'move the ENI to this node, or to another instance',
  about:
    'For an ENI that no cluster manages, or not now. To this node: takes it from its holder, attaches it and configures addresses, rules and routes, as the action start does; run it as root. To another instance: takes the service off this node if it is here, and attaches the ENI there; what is configured there is up to that node. Interrupted, it goes on when it is called again.',
  isAboutResource: true,
  options,
  examples: [
    ['aws-eni move --ip 10.2.0.10', 'to this node'],
    ['aws-eni move --resource service-eni --to i-0123456789abcdef0 --dry-run', 'what would be done'],
  ],
  json: [
    ['eni', 'the ENI that was moved, or would be'],
    ['from', 'the instance that had it; null: none'],
    ['to', 'the instance that it is moved to'],
    ['isDryRun', 'nothing was done'],
    ['steps', 'with --dry-run: what would be done, in order; else empty'],
    ['steps[].do', 'as in plan'],
    ['steps[].what', 'the step in words'],
    ['steps[].because', 'why, in words; null where the step speaks for itself'],
    ['tookMs', 'milliseconds that it took; null: with --dry-run'],
    ['phases', 'milliseconds of each phase, in order; empty: there was nothing to do'],
    ['phases[].phase', 'its name'],
    ['phases[].ms', 'how long it took'],
    ['next', 'what to look at or to do next, in words'],
  ],
  run: async (call): Promise<Report> => {
    const { given, outside } = call;
    const chosen = await chooseResource(call);
    const startedMs = outside.clock.nowMs();
    const task = createTask(call, chosen);
    const here = await whoIsHere(task, given.to);
    const region = chosen.settings.region ?? here?.region;
    if (region === undefined) {
      throw new AgentError(
        'parameter',
        'which region? give --region; there is no instance metadata service here to ask',
      );
    }
    const to = given.to ?? here?.instanceId;
    if (to === undefined) throw new AgentError('parameter', 'where to? give --to; this is no EC2 instance');
    const eni = await task.deadline.bound(findEni(task, region));
    requireUnmanaged(call, chosen, task, eni);
    const isToHere = to === here?.instanceId;
    const moved: Outcome = given.dryRun
      ? await preview(task, to, region, isToHere)
      : await perform(task, to, region, isToHere, outside.isRoot);
    const tookMs = given.dryRun ? null : Math.round(outside.clock.nowMs() - startedMs);
    return reportOf({
      ...moved,
      tookMs,
      name: nameOfTarget(chosen.settings),
      from: eni.attachment?.instanceId,
      to,
      hereId: here?.instanceId,
      isToHere,
      resource: chosen.cluster.state === 'present' ? resourceOf(chosen.cluster.value, eni) : undefined,
    });
  },
});

function createTask({ given, outside, json }: Call<typeof options>, { settings, resource }: Chosen): Task {
  return outside.createTask({
    settings,
    resource: resource?.id ?? UNNAMED,
    timeoutMs: given.timeout,
    log: createCommandLog(outside.screen, { progress: !json }),
    ...(json ? {} : { reached: (line) => outside.screen.note(faint(line)) }),
  });
}

/** Who this is matters only where nobody says where to move it, or where this node may have it. */
async function whoIsHere(task: Task, to: InstanceId | undefined): Promise<Identity | undefined> {
  try {
    return await task.deadline.bound(task.ports.metadata.identity());
  } catch (error) {
    if (to === undefined) throw error;
    return undefined;
  }
}

/** @throws {AgentError} where Pacemaker has a say, or may have one */
function requireUnmanaged({ given }: Call<typeof options>, { cluster }: Chosen, task: Task, eni: Eni): void {
  const objection = objectionToMove(cluster, eni);
  if (objection === undefined) return;
  if (!given.evenIfManaged && !given.dryRun) throw objection;
  task.ports.log.warn(objection.message);
}

async function findEni({ ports, settings }: Task, region: string): Promise<Eni> {
  const eni = await ports.networkInterfaces(region).find(targetOf(settings));
  if (eni !== undefined) return eni;
  throw new AgentError(
    'node',
    `EC2 knows no such ENI: ${nameOfTarget(settings)}; check --eni-id, --ip and --region`,
  );
}

type Outcome = Pick<Moved, 'steps' | 'phases'>;

async function preview(task: Task, to: InstanceId, region: string, isToHere: boolean): Promise<Outcome> {
  const work = isToHere ? previewStart(task) : previewHandOver(task, { instanceId: to, region });
  return {
    steps: plannedStart(await task.deadline.bound<StartLike>(work), task.settings),
    phases: [],
  };
}

type StartLike = Awaited<ReturnType<typeof previewStart>>;

async function perform(
  task: Task,
  to: InstanceId,
  region: string,
  isToHere: boolean,
  isRoot: boolean,
): Promise<Outcome> {
  if (isToHere && !isRoot) {
    throw new AgentError(
      'permission',
      "a move to this node changes its network; run it as root ('sudo aws-eni move …')",
    );
  }
  const clear = async (known: Known): Promise<void> => {
    if (!(await isHere(task, known))) return;
    if (!isRoot) {
      throw new AgentError(
        'permission',
        `${known.eni.id} is served by this node, which must stop first; run it as root`,
      );
    }
    await leave(task, known);
  };
  const moving = async (): Promise<void> => {
    await handOver(task, { instanceId: to, region }, clear);
    if (isRoot) await letOthersBack(task);
  };
  await task.deadline.bound(isToHere ? start(task) : moving());
  return { steps: [], phases: task.phases.list() };
}

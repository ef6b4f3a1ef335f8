import type { Identity } from '../core/eni.ts';
import { growingPauses } from '../core/looks.ts';
import type { Known, Step } from '../core/plan.ts';
import { planStart } from '../core/plan.ts';
import { perform } from './perform.ts';
import type { Task } from './task.ts';
import type { View } from './view.ts';
import { complete } from './view.ts';

/** Between looks whether EC2 calls the ENI attached. */
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 3_000;

/**
 * Attaches the ENI to another instance, by the decisions of a start: what only that node's kernel could tell is not asked.
 * Idempotent, and goes on with whatever an interrupted one left. Resolves once EC2 says `attached` there.
 * @param prepare called once everything that EC2 can tell speaks for it, before anything is taken from a holder
 * @throws {AgentError} `node`, with every obstacle
 */
export async function handOver(
  task: Task,
  target: Pick<Identity, 'instanceId' | 'region'>,
  prepare: (known: Known) => Promise<void>,
): Promise<void> {
  const remote = remotely(task);
  const { clock } = task.ports;
  let view = viewOf(remote, target);
  let prepared: Promise<void> | undefined;
  for (;;) {
    const known = await complete(remote, view);
    const [step] = planHandOver(known, remote);
    remote.phases.reached('found');
    if (step !== undefined) {
      prepared ??= prepare(known);
      await prepared;
      view = await perform(remote, known, step);
    } else if (known.eni.attachment?.status === 'attached') {
      remote.phases.reached('confirmed');
      return;
    } else {
      remote.deadline.doing(`waiting for EC2 to attach ${known.eni.id} to ${target.instanceId}`);
      await clock.sleep(known.pauses.next().value);
      view = { ...known, eni: undefined };
    }
  }
}

/** The steps of a hand-over that can be planned now. Changes nothing. */
export async function previewHandOver(
  task: Task,
  target: Pick<Identity, 'instanceId' | 'region'>,
): Promise<{ readonly known: Known; readonly steps: readonly Step[] }> {
  const remote = remotely(task);
  const known = await complete(remote, viewOf(remote, target));
  return { known, steps: planHandOver(known, remote) };
}

/** Up to the device, which is the other node's to wait for and to configure. */
function planHandOver(known: Known, { settings }: Task): readonly Step[] {
  const { instanceId } = known.eni.attachment ?? {};
  const steps = planStart(known, settings);
  return instanceId === known.here.id
    ? steps.filter(({ do: kind }) => kind === 'detach' || kind === 'attach')
    : steps;
}

function viewOf(
  { ports, settings }: Task,
  { instanceId, region }: Pick<Identity, 'instanceId' | 'region'>,
): View {
  return {
    identity: { instanceId, region, instanceType: '', availabilityZone: '' },
    ec2: ports.networkInterfaces(settings.region ?? region),
    pauses: growingPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, ports.clock.random),
  };
}

/** The task without what is this node's own: its kernel and its files say nothing about another one's. */
function remotely(task: Task): Task {
  const { ports } = task;
  return {
    ...task,
    ports: {
      ...ports,
      routing: { ...ports.routing, read: () => Promise.resolve({ devices: [], rules: [], routes: [] }) },
      devices: { ...ports.devices, whyNoIpv6: () => Promise.resolve(undefined) },
      tableNames: { ...ports.tableNames, numbersOf: () => Promise.resolve([]) },
    },
  };
}

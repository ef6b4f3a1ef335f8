import type { PhaseTime } from '../../agent/phases.ts';
import type { InstanceId } from '../../core/ids.ts';
import type { ClusterResource } from '../../ports/cluster.ts';
import type { Report } from '../command.ts';
import { ExitStatus } from '../exit-status.ts';
import { paragraph, table } from '../layout.ts';
import type { PlannedStep } from '../planned-step.ts';
import { faint, strong } from '../style.ts';

export interface Moved {
  /** Of a dry run. */
  readonly steps: readonly PlannedStep[];
  /** `null`: a dry run. */
  readonly tookMs: number | null;
  readonly phases: readonly PhaseTime[];
}

export interface MovedTo extends Moved {
  readonly name: string;
  readonly to: InstanceId;
  readonly isToHere: boolean;
  readonly resource: ClusterResource | undefined;
}

export function reportOf(moved: MovedTo): Report {
  const { name, to, steps, tookMs, phases } = moved;
  const isDryRun = tookMs === null;
  const next = isDryRun ? 'nothing was changed' : nextOf(moved);
  return {
    exitStatus: ExitStatus.fine,
    data: {
      eni: name,
      to,
      isDryRun,
      steps: steps.map((step) => ({ ...step })),
      tookMs,
      phases: phases.map((phase) => ({ ...phase })),
      next,
    },
    text: (columns) => (isDryRun ? describeSteps(moved, columns) : describeMove(moved, next, columns)),
  };
}

function describeSteps({ name, to, steps }: MovedTo, columns: number): string {
  const rows = steps.map(({ what, because }, at) => [
    `${at + 1}.`,
    because === null ? what : `${what}\n${faint(because)}`,
  ]);
  const title = `A move of ${strong(name)} to ${to} would`;
  return steps.length === 0
    ? paragraph(`${title} do nothing.`, columns)
    : `${paragraph(`${title} now:`, columns)}\n\n${table(rows, columns, 2)}\n\nNothing was changed.`;
}

function describeMove({ name, to, tookMs, phases }: MovedTo, next: string, columns: number): string {
  const rows = phases.map(({ phase, ms }) => [phase, `${(ms / 1_000).toFixed(2).padStart(7)} s`]);
  const title =
    phases.length === 0
      ? `${strong(name)} is at ${to} already; there was nothing to do.`
      : `${strong(name)} is at ${to} now, after ${((tookMs ?? 0) / 1_000).toFixed(2)} s:`;
  return [
    paragraph(title, columns),
    ...(rows.length === 0 ? [] : ['', table(rows, columns, 2)]),
    '',
    paragraph(`Next: ${next}.`, columns),
  ].join('\n');
}

/** What a person who has moved an ENI by hand must know. */
function nextOf({ isToHere, resource, to, name }: MovedTo): string {
  const where = isToHere
    ? "look at it with 'aws-eni show'"
    : `${to} is not configured by this; there, run 'aws-eni move' as root, or let its own tools see to the device of ${name}`;
  return resource === undefined
    ? where
    : `${where}; before Pacemaker gets it back, let it see where the service is: 'crm resource refresh ${resource.id}', then 'crm resource manage ${resource.id}' or 'crm configure property maintenance-mode=false'`;
}

import type { InstanceId } from '../../core/ids.ts';
import { shellWord } from '../../ocf/shell-word.ts';
import type { ClusterResource } from '../../ports/cluster.ts';
import type { RecordedPhase } from '../../ports/history.ts';
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
  readonly phases: readonly RecordedPhase[];
}

export interface MovedTo extends Moved {
  readonly name: string;
  readonly to: InstanceId;
  /** The instance that had it before; `undefined`: none had. */
  readonly from: string | undefined;
  /** The service has been taken off this node, or never was on it. */
  readonly hereId: string | undefined;
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
      from: moved.from ?? null,
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
function nextOf({ isToHere, resource, from, to, hereId, name }: MovedTo): string {
  const parts = [
    ...(from === undefined || from === to || from === hereId
      ? []
      : [
          `on ${from}, which had it, take down what is left there: ${resource === undefined ? "the action 'stop' of the agent" : `'crm_resource --resource ${shellWord(resource.id)} --force-stop'`}`,
        ]),
    isToHere
      ? "look at it with 'aws-eni show'"
      : `${to} is not configured by this; there, run 'aws-eni move' as root, or let its own tools see to the device of ${name}`,
    ...(resource === undefined
      ? []
      : [
          `before Pacemaker gets it back, let it see where the service is: 'crm resource refresh ${shellWord(resource.id)}'; then 'crm resource manage ${resource.id}' or 'crm configure property maintenance-mode=false'`,
        ]),
  ];
  return parts.join('; ');
}

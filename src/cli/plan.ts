import { previewStart, previewStop } from '../agent/preview.ts';
import type { Task } from '../agent/task.ts';
import { nameOfTarget } from '../core/settings.ts';
import { UNNAMED } from '../core/unnamed-resource.ts';
import { chooseResource } from './choose-resource.ts';
import type { Report } from './command.ts';
import { declareCommand } from './command.ts';
import { ExitStatus } from './exit-status.ts';
import { paragraph, table } from './layout.ts';
import { createCommandLog } from './log.ts';
import type { PlannedStep } from './planned-step.ts';
import { plannedStart, plannedStop } from './planned-step.ts';
import { faint, good, strong } from './style.ts';
import { timeout } from './timeout.ts';

const options = { timeout } as const;

/** The steps of an action before anybody takes them. */
export const plan = declareCommand({
  name: 'plan',
  does: 'the steps that start or stop would take now, with reasons',
  about:
    'Looks at EC2 and at the kernel as the action would, and prints what it would do next on this node. Changes nothing.',
  word: {
    name: 'action',
    choices: {
      start: 'take the ENI, attach it here, configure this node',
      stop: 'take everything off this node, detach the ENI',
    },
  },
  isAboutResource: true,
  options,
  examples: [
    ['aws-eni plan start', "of the cluster's only resource"],
    ['aws-eni plan stop --eni-id eni-0123456789abcdef0', 'without a cluster'],
  ],
  json: [
    ['action', 'start or stop'],
    ['eni', 'how the ENI is named: its id, or "the ENI with address" and it'],
    ['steps', 'what would be done, in order; empty: nothing'],
    [
      'steps[].do',
      'keep-off, detach, attach, await-release, await-device, set-link, set-mtu, add-address, delete-address, replace-route, delete-route, add-rule, delete-rule, let-back',
    ],
    ['steps[].what', 'the step in words'],
    ['steps[].because', 'why, in words; null where the step speaks for itself'],
    ['unknown', 'what could not be asked, in words; null: nothing'],
  ],
  run: async (call): Promise<Report> => {
    const chosen = await chooseResource(call);
    const { settings } = chosen;
    const task = call.outside.createTask({
      settings,
      resource: chosen.resource?.id ?? UNNAMED,
      timeoutMs: call.given.timeout,
      log: createCommandLog(call.outside.screen),
    });
    const isStart = call.word === 'start';
    const { steps, unknown } = await task.deadline.bound(isStart ? stepsOfStart(task) : stepsOfStop(task));
    const name = nameOfTarget(settings);
    return {
      exitStatus: unknown === null ? ExitStatus.fine : ExitStatus.unanswered,
      data: {
        action: isStart ? 'start' : 'stop',
        eni: name,
        steps: steps.map((step) => ({ ...step })),
        unknown,
      },
      text: (columns) => describe(`${isStart ? 'Start' : 'Stop'} of ${name}`, steps, unknown, columns),
    };
  },
});

interface Planned {
  readonly steps: readonly PlannedStep[];
  readonly unknown: string | null;
}

async function stepsOfStart(task: Task): Promise<Planned> {
  return { steps: plannedStart(await previewStart(task), task.settings), unknown: null };
}

async function stepsOfStop(task: Task): Promise<Planned> {
  const preview = await previewStop(task);
  const { attachment } = preview;
  return {
    steps: plannedStop(preview, task.settings),
    unknown: attachment.state === 'unknown' ? attachment.because : null,
  };
}

function describe(
  title: string,
  steps: readonly PlannedStep[],
  unknown: string | null,
  columns: number,
): string {
  const rows = steps.map(({ what, because }, at) => [
    `${at + 1}.`,
    because === null ? what : `${what}\n${faint(because)}`,
  ]);
  return [
    steps.length === 0
      ? `${strong(title)} on this node would do ${good('nothing')}.`
      : `${strong(title)} on this node would now:\n\n${table(rows, columns, 2)}\n\nNothing was changed.`,
    ...(unknown === null ? [] : [paragraph(`Not known: ${unknown}`, columns)]),
  ].join('\n');
}

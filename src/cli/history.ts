import { AgentError } from '../core/failure.ts';
import { oneLine } from '../core/one-line.ts';
import { quote } from '../ocf/quote.ts';
import type { Parse } from '../ocf/values.ts';
import * as values from '../ocf/values.ts';
import type { RecordedAction, RecordedOutcome, RecordedRepair } from '../ports/history.ts';
import type { Call, Report } from './command.ts';
import { declareCommand } from './command.ts';
import { ExitStatus } from './exit-status.ts';
import { drawDurations } from './history/draw-durations.ts';
import { drawWaterfall } from './history/draw-waterfall.ts';
import { paragraph, table } from './layout.ts';
import { inLastDay, localTime } from './repairs.ts';
import { bad, doubtful, faint, good, strong } from './style.ts';

const word: Parse<string> = (text) =>
  text !== '' && oneLine(text) === text ? text : { problem: `${quote(text)} is no name that can be used` };

const options = {
  resource: {
    is: 'value',
    argument: 'NAME',
    parse: word,
    does: "Of that resource alone; 'default' is what is called by hand",
  },
  last: {
    is: 'value',
    argument: 'NUMBER',
    parse: values.integer(1, 100_000),
    default: '20',
    does: 'So many, the latest',
  },
  number: {
    is: 'value',
    argument: 'NUMBER',
    parse: values.integer(1, 100_000),
    does: 'This one alone, as numbered here',
  },
  svg: {
    is: 'value',
    argument: 'FILE',
    parse: word,
    does: 'Draw it: with --number its phases, else the durations; - is the output',
  },
} as const;

/** What start and stop did on this node, and what monitor put back. */
export const history = declareCommand({
  name: 'history',
  does: 'what start and stop did on this node, how long each phase took, and what monitor put back',
  about:
    'Shows the starts and stops that this node has recorded, the latest last; number 1 is the latest. One that was killed, or was under way when the node was lost, is called "cut off". Below them stands each time that monitor has put back what somebody had taken away (parameter repair). The records are in /var/lib/aws-eni/history.',
  isAboutResource: false,
  options,
  examples: [
    ['aws-eni history --last 5', 'the latest five'],
    ['aws-eni history --number 1 --svg failover.svg', "the latest one's phases as a picture"],
  ],
  json: [
    ['actions', 'the latest last'],
    ['actions[].number', 'as --number takes it'],
    ['actions[].resource', 'its name'],
    ['actions[].action', 'start or stop'],
    ['actions[].beganAt', 'ISO 8601, UTC'],
    ['actions[].outcome', 'ok, failed, cut off or under way'],
    ['actions[].exitCode', "of the action, OCF's; null: it did not end"],
    ['actions[].tookMs', 'milliseconds; null: it did not end'],
    ['actions[].reason', 'why it failed; null: it did not'],
    ['actions[].phases', 'in order'],
    ['actions[].phases[].phase', 'its name'],
    ['actions[].phases[].ms', 'milliseconds since the phase before it'],
    [
      'repairs',
      'what monitor has put back, as far as it is still recorded, the latest last; empty with --number',
    ],
    ['repairs[].resource', 'its name'],
    ['repairs[].at', 'ISO 8601, UTC'],
    ['repairs[].missing', 'what had been missing, in words'],
    ['repairsInLastDay', 'how many in the last 24 hours, more than --last shows included'],
    ['svg', 'the file that was written; null: none'],
  ],
  run: async (call): Promise<Report> => {
    const { given, outside } = call;
    const all = numbered(await outside.history.read(given.resource));
    const shown =
      given.number === undefined
        ? all.slice(-given.last)
        : all.filter(({ number }) => number === given.number);
    if (given.number !== undefined && shown.length === 0) {
      throw new AgentError(
        'parameter',
        `--number: there are ${all.length} records, and none is number ${given.number}`,
      );
    }
    const repairs = await outside.history.repairs(given.resource);
    const shownRepairs = given.number === undefined ? repairs.slice(-given.last) : [];
    const picture = given.svg === undefined ? undefined : draw(call, shown);
    const isToOutput = given.svg === '-';
    if (picture !== undefined && given.svg !== undefined && !isToOutput)
      await outside.writeFile(given.svg, picture);
    return {
      exitStatus: ExitStatus.fine,
      data: {
        actions: shown.map((one) => ({ ...one, phases: one.phases.map((phase) => ({ ...phase })) })),
        repairs: shownRepairs.map((one) => ({ ...one, missing: [...one.missing] })),
        repairsInLastDay: inLastDay(repairs, new Date()).length,
        svg: given.svg ?? null,
      },
      text: (columns) =>
        isToOutput && picture !== undefined
          ? picture
          : [describe(shown, given.svg, columns), ...describeEach(shownRepairs, repairs, columns)].join(
              '\n\n',
            ),
    };
  },
});

interface Numbered extends RecordedAction {
  /** 1 is the latest. */
  readonly number: number;
}

function numbered(actions: readonly RecordedAction[]): readonly Numbered[] {
  return actions.map((action, at) => ({ number: actions.length - at, ...action }));
}

function draw({ given }: Call<typeof options>, shown: readonly Numbered[]): string {
  const [first] = shown;
  if (first === undefined)
    throw new AgentError('node', 'nothing has been recorded on this node, so there is nothing to draw');
  return given.number === undefined ? drawDurations(shown) : drawWaterfall(first);
}

function describe(shown: readonly Numbered[], svg: string | undefined, columns: number): string {
  if (shown.length === 0) return 'Nothing has been recorded on this node.';
  const rows = shown.map(({ number, beganAt, resource, action, outcome, tookMs }) => [
    String(number),
    localTime(beganAt),
    resource,
    action,
    painted(outcome),
    tookMs === null ? '' : `${(tookMs / 1_000).toFixed(2)} s`,
  ]);
  const [head = '', ...lines] = table(
    [['', 'began', 'resource', 'action', 'outcome', 'took'].map(faint), ...rows],
    columns,
  ).split('\n');
  const details = shown.map(({ phases, reason }) => [
    ...(phases.length === 0
      ? []
      : [
          paragraph(
            phases.map(({ phase, ms }) => `${phase}\u00a0${ms}\u00a0ms`).join(', '),
            columns,
            4,
          ).replaceAll('\u00a0', ' '),
        ]),
    ...(reason === null ? [] : [paragraph(bad(reason), columns, 4)]),
  ]);
  const drawn = svg === undefined ? [] : ['', `Drawn in ${svg}.`];
  return [head, ...lines.flatMap((row, at) => [row, ...(details[at] ?? [])]), ...drawn].join('\n');
}

function painted(outcome: RecordedOutcome): string {
  if (outcome === 'ok') return good(outcome);
  return outcome === 'under way' ? doubtful(outcome) : bad(strong(outcome));
}

/** Nothing where monitor has put nothing back. */
function describeEach(
  shown: readonly RecordedRepair[],
  all: readonly RecordedRepair[],
  columns: number,
): readonly string[] {
  if (shown.length === 0) return [];
  const rows = shown.map(({ at, resource, missing }) => [localTime(at), resource, missing.join(', ')]);
  const title = `Put back by monitor: ${inLastDay(all, new Date()).length} in the last 24 hours, ${all.length} recorded.`;
  return [[paragraph(title, columns), table(rows, columns, 2)].join('\n')];
}

import type { Survey } from '../agent/survey.ts';
import { survey } from '../agent/survey.ts';
import type { Task } from '../agent/task.ts';
import { told } from '../agent/told.ts';
import type { Reading } from '../core/reading.ts';
import type { Settings } from '../core/settings.ts';
import { UNNAMED } from '../core/unnamed-resource.ts';
import * as values from '../ocf/values.ts';
import type { ClusterResource, ClusterState } from '../ports/cluster.ts';
import type { RecordedRepair } from '../ports/history.ts';
import { chooseResource, resourceOf } from './choose-resource.ts';
import type { Call, Report } from './command.ts';
import { declareCommand } from './command.ts';
import { ExitStatus } from './exit-status.ts';
import { createCommandLog } from './log.ts';
import { describeRepairs } from './repairs.ts';
import type { Look } from './show/data.ts';
import { dataOf } from './show/data.ts';
import { describe } from './show/describe.ts';
import { expectationOf } from './show/expectation.ts';
import type { Finding } from './show/finding.ts';
import { findingsIn } from './show/finding.ts';
import { stageOf } from './show/stage.ts';
import { watch } from './show/watch.ts';
import { timeout } from './timeout.ts';

const options = {
  watch: { is: 'flag', does: 'Look again and again, and draw the phases of a move; ends with Ctrl-C' },
  interval: {
    is: 'value',
    argument: 'DURATION',
    parse: values.duration(500, 3_600_000),
    default: '2s',
    does: 'With --watch: between looks; while the ENI moves, half a second',
  },
  count: {
    is: 'value',
    argument: 'NUMBER',
    parse: values.integer(1, 1_000_000),
    does: 'With --watch: end after so many looks',
  },
  timeout,
} as const;

/** What is true now beside what should be. */
export const show = declareCommand({
  name: 'show',
  does: 'what is true now, beside what should be',
  about:
    'Asks EC2, the metadata service, Pacemaker and this node\'s kernel, and says of each part whether it is as it should be: "missing", "left over" or "wrong" where it is not. Changes nothing.',
  isAboutResource: true,
  options,
  examples: [
    ['aws-eni show', "the cluster's only resource"],
    ['aws-eni show --watch --ip 10.2.0.10', 'follow a move, without a cluster'],
  ],
  json: [
    ['eni', 'the ENI as EC2 describes it; null: not known'],
    ['eni.id', 'its id'],
    ['eni.addresses', 'its addresses, the primary one first'],
    ['eni.mac', 'its MAC'],
    ['eni.subnetId', 'its subnet'],
    ['eni.availabilityZone', 'its availability zone'],
    ['eni.holder', 'the instance that it is attached to; null: none'],
    ['eni.attachmentStatus', 'attaching, attached or detaching; null: not attached'],
    ['eni.deviceIndex', 'where it is attached; null: not attached'],
    ['instanceId', 'this instance; null: not known'],
    ['resource', 'name of the resource in the cluster; null: none is known'],
    ['shouldServe', 'whether this node should serve the ENI'],
    ['because', 'by whose word, in words'],
    ['stage', 'where the ENI is, in words'],
    ['isMoving', 'whether a move is under way'],
    ['mtu', "MTU of the ENI's device here"],
    ['mtu.is', 'in bytes; null: the device is not here, or it is not known'],
    ['mtu.shouldBe', 'in bytes; null: nobody says'],
    ['findings', 'each part beside what it should be'],
    ['findings[].about', 'holder, device, address, rule, route or cluster'],
    ['findings[].status', 'ok, missing, left over, wrong, moving or unknown'],
    ['findings[].what', 'what was found or is missing, in words'],
    ['repairs', 'what monitor has put back on this node, as far as it is still recorded; null: not known'],
    ['repairs.inLastDay', 'how often in the last 24 hours'],
    ['repairs.recorded', 'how often in all'],
    ['repairs.latestAt', 'ISO 8601, UTC; null: never'],
    ['repairs.latestMissing', 'what had been missing then, in words'],
  ],
  run: async (call): Promise<Report> => {
    const { given, outside } = call;
    const first = await look(call);
    if (!given.watch) return reportOf(first);
    const last = await watch(first, {
      again: () => look(call),
      screen: outside.screen,
      clock: outside.clock,
      json: call.json ? (shown) => call.printData(dataOf(shown)) : undefined,
      intervalMs: given.interval,
      count: given.count,
    });
    return { ...reportOf(last), text: () => '', isPrinted: true };
  },
});

async function look(call: Call<typeof options>): Promise<Look> {
  const { resource, settings, cluster } = await chooseResource(call);
  const task: Task = call.outside.createTask({
    settings,
    resource: resource?.id ?? UNNAMED,
    timeoutMs: call.given.timeout,
    log: createCommandLog(call.outside.screen),
  });
  const seen = await task.deadline.bound(survey(task));
  const state = cluster.state === 'present' ? cluster.value : undefined;
  const because = cluster.state === 'unknown' ? cluster.because : undefined;
  const { eni } = seen;
  // Named by its address, while the cluster has it by its id, or the other way round.
  const known =
    resource ?? (state !== undefined && eni.state === 'present' ? resourceOf(state, eni.value) : undefined);
  const repairs = await told(() => call.outside.history.repairs(known?.id));
  return { ...judge(seen, settings, known, state, because), repairs, repaired: inWords(repairs) };
}

function inWords(repairs: Reading<readonly RecordedRepair[]>): string | undefined {
  if (repairs.state === 'unknown') return `not known: ${repairs.because}`;
  return repairs.state === 'present' ? describeRepairs(repairs.value, new Date()) : undefined;
}

function judge(
  seen: Survey,
  settings: Settings,
  resource: ClusterResource | undefined,
  cluster: ClusterState | undefined,
  clusterUnknown: string | undefined,
): Omit<Look, 'repairs' | 'repaired'> {
  const expectation = expectationOf(seen, resource, cluster);
  const findings = [...findingsIn(seen, expectation, settings), ...clusterFindings(resource, clusterUnknown)];
  return { settings, survey: seen, expectation, findings, stage: stageOf(seen, findings), resource };
}

function clusterFindings(
  resource: ClusterResource | undefined,
  because: string | undefined,
): readonly Finding[] {
  if (because !== undefined) return [{ about: 'cluster', status: 'unknown', what: because }];
  if (resource === undefined) return [];
  const { id, runningOn, managed, bannedFrom } = resource;
  const where = runningOn.length === 0 ? 'runs nowhere' : `runs on ${runningOn.join(' and ')}`;
  const bans = bannedFrom.length === 0 ? '' : `, banned from ${bannedFrom.join(' and ')}`;
  const isOk = runningOn.length === 1 && managed && bans === '';
  return [
    {
      about: 'cluster',
      status: isOk ? 'ok' : 'wrong',
      what: `${id} ${where}, ${managed ? 'managed' : 'not managed by Pacemaker'}${bans}`,
    },
  ];
}

function reportOf(shown: Look): Report {
  const { findings } = shown;
  const isWrong = findings.some(({ status }) => !['ok', 'unknown'].includes(status));
  const isUnknown = findings.some(({ status }) => status === 'unknown');
  return {
    exitStatus: isWrong ? ExitStatus.wrong : isUnknown ? ExitStatus.unanswered : ExitStatus.fine,
    data: dataOf(shown),
    text: (columns) => describe(shown, columns),
  };
}

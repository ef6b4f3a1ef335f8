import type { Task } from '../agent/task.ts';
import { told } from '../agent/told.ts';
import { AgentError, asAgentError } from '../core/failure.ts';
import type { Mac } from '../core/ids.ts';
import type { Settings } from '../core/settings.ts';
import { UNNAMED } from '../core/unnamed-resource.ts';
import { parseValues } from '../ocf/parse-parameters.ts';
import type { ClusterResource } from '../ports/cluster.ts';
import type { Ec2Examination } from '../ports/ec2-examination.ts';
import type { MonitoredResource } from '../ports/host.ts';
import type { Chosen } from './choose-resource.ts';
import { chooseResource } from './choose-resource.ts';
import type { Call, Report } from './command.ts';
import { declareCommand } from './command.ts';
import type { Group } from './doctor/check.ts';
import { checkCluster } from './doctor/check-cluster.ts';
import { checkEc2 } from './doctor/check-ec2.ts';
import { checkEni } from './doctor/check-eni.ts';
import { checkMetadata } from './doctor/check-metadata.ts';
import { checkNeighbours } from './doctor/check-neighbours.ts';
import { checkNode } from './doctor/check-node.ts';
import { checkPermissions } from './doctor/check-permissions.ts';
import { checkRepairs } from './doctor/check-repairs.ts';
import { checkRouting } from './doctor/check-routing.ts';
import { describe } from './doctor/describe.ts';
import type { Facts } from './doctor/facts.ts';
import { gatherFacts } from './doctor/facts.ts';
import { ExitStatus } from './exit-status.ts';
import { createCommandLog } from './log.ts';
import { timeout } from './timeout.ts';

const options = { timeout } as const;

/** Every precondition of the service on this node. */
export const doctor = declareCommand({
  name: 'doctor',
  does: 'check every precondition, and say how to mend what is wrong',
  about:
    'Looks at this node, its metadata service, EC2, the ENI, the permissions of the role (by dry runs), routing, software that configures interfaces too, and the cluster. Each check is ok, a warning, failed, or not checked, with the reason. Changes nothing. Without root it checks what it can.',
  isAboutResource: true,
  options,
  examples: [
    ['aws-eni doctor', "of the cluster's only resource"],
    ['aws-eni doctor --eni-id eni-0123456789abcdef0', 'before there is a cluster'],
  ],
  json: [
    ['groups', 'what belongs together'],
    ['groups[].title', 'in words'],
    ['groups[].checks', 'in order'],
    ['groups[].checks[].id', 'a word that stays the same'],
    ['groups[].checks[].title', 'in words'],
    ['groups[].checks[].status', 'ok, warning, failed or unknown'],
    ['groups[].checks[].found', 'what was seen, or why nothing could be'],
    ['groups[].checks[].remedy', 'what to do; null: nothing'],
    ['counts', 'how many checks there are'],
    ['counts.ok', 'as it should be'],
    ['counts.warning', 'that work, and could fail you'],
    ['counts.failed', 'that stand in the way'],
    ['counts.unknown', 'that could not be looked at'],
  ],
  run: async (call): Promise<Report> => {
    const groups = await examine(call);
    const all = groups.flatMap(({ checks }) => checks);
    const count = (status: string): number => all.filter((check) => check.status === status).length;
    const counts = {
      ok: count('ok'),
      warning: count('warning'),
      failed: count('failed'),
      unknown: count('unknown'),
    };
    const isTold = ['metadata-service', 'endpoint', 'eni'].every(
      (id) => all.find((check) => check.id === id)?.status !== 'unknown',
    );
    return {
      exitStatus: counts.failed > 0 ? ExitStatus.wrong : isTold ? ExitStatus.fine : ExitStatus.unanswered,
      data: {
        groups: groups.map(({ title, checks }) => ({ title, checks: checks.map((check) => ({ ...check })) })),
        counts,
      },
      text: (columns) => describe(groups, counts, columns),
    };
  },
});

async function examine(call: Call<typeof options>): Promise<readonly Group[]> {
  const { given, outside } = call;
  const { settings, resource, cluster } = await choose(call);
  const task: Task = outside.createTask({
    settings,
    resource: resource?.id ?? UNNAMED,
    timeoutMs: given.timeout,
    log: { ...createCommandLog(outside.screen), warn: () => undefined },
  });
  let examination: Ec2Examination | undefined;
  const facts = await task.deadline.bound(
    gatherFacts(task, async (region) => {
      examination = await outside.connectToExamination(region, settings, given.timeout);
      return examination;
    }),
  );
  return [
    await checkNode(outside.host, outside.isRoot, monitored(call, resource)),
    checkMetadata(facts),
    checkEc2(facts),
    checkEni(facts, settings),
    await task.deadline.bound(checkPermissions(facts, examination)),
    checkRouting(facts, settings),
    checkRepairs(await told(() => outside.history.repairs(resource?.id)), new Date()),
    await checkNeighbours(outside.host, await task.ports.neighbours.look(macOf(facts)), settings),
    checkCluster(cluster, resource),
  ];
}

/** As Pacemaker would call the agent, for an ENI that has a name. */
function monitored(
  { parameters }: Pick<Call<typeof options>, 'parameters'>,
  resource: ClusterResource | undefined,
): MonitoredResource | undefined {
  const all = { ...resource?.parameters, ...parameters };
  const isNamed = all['eni_id'] !== undefined || all['ip'] !== undefined;
  return isNamed ? { name: resource?.id ?? UNNAMED, parameters: all } : undefined;
}

function macOf({ eni }: Facts): Mac | undefined {
  return eni.state === 'present' ? eni.value.mac : undefined;
}

/** Much can be checked without an ENI; a name that is wrong can't. */
async function choose(call: Call<typeof options>): Promise<Chosen> {
  try {
    return await chooseResource(call);
  } catch (thrown) {
    const error = asAgentError(thrown);
    const { parameters, resource, outside } = call;
    const namesNone =
      parameters['eni_id'] === undefined && parameters['ip'] === undefined && resource === undefined;
    const cluster = await outside.cluster.read();
    if (
      !namesNone ||
      !(error instanceof AgentError) ||
      (cluster.state === 'present' && cluster.value.resources.length > 0)
    ) {
      throw error;
    }
    const settings: Settings = parseValues(
      (name) => parameters[name],
      (name) => `--${name.replaceAll('_', '-')}`,
      {
        needsEni: false,
      },
    );
    return { settings, resource: undefined, cluster };
  }
}

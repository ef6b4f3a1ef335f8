import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Cluster } from '../cluster/cluster.ts';
import { SERVICE_PORT, startCluster } from '../cluster/cluster.ts';
import { TOKEN_MS } from '../cluster/corosync-conf.ts';
import { moveTo, RESOURCE, untilServedBy } from '../cluster/expectations.ts';
import { readmeConfiguration } from '../cluster/readme-commands.ts';
import { PACEMAKER_LOG } from '../cluster/services.ts';
import type { SandboxNode } from '../sandbox/sandbox.ts';
import { DEFAULT_LATENCIES } from '../sandbox/sandbox-options.ts';
import type { ServiceClient } from '../sandbox/service-client.ts';
import { startServiceClient } from '../sandbox/service-client.ts';
import { eniId } from '../scenarios/agent.ts';
import { awsSpans } from './aws-spans.ts';
import type { Decisions } from './decisions.ts';
import { actionIn, momentOf, parsePacemakerLog } from './decisions.ts';
import type { ClusterSpan, Moment, Move } from './move.ts';
import { renderMove } from './timeline.ts';
import { renderWaterfall } from './waterfall.ts';

const ADDRESS = '10.2.0.10';
const REQUEST_EVERY_MS = 10;
const drawing = fileURLToPath(new URL('../../dist/demo/failover.svg', import.meta.url));
const nowMs = (): number => performance.now();

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Shows that something goes on: a dot each second, the time at the end. */
async function during<T>(doing: string, work: Promise<T>): Promise<T> {
  const startedMs = nowMs();
  process.stdout.write(`  ${doing} `);
  const timer = setInterval(() => process.stdout.write('.'), 1_000);
  try {
    const result = await work;
    say(` ${((nowMs() - startedMs) / 1000).toFixed(1)} s`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** crm_mon's own words, from the list of nodes on, and what the kernel has. */
async function showCluster({ run }: Cluster, when: string, node: SandboxNode): Promise<void> {
  const status = await run('crm_mon -1', node);
  const network = await run('ip rule show priority 100; ip route show table 100', node);
  const lines = [...status.slice(status.indexOf('Node List')).split('\n'), ...network.split('\n')];
  say(`\ncrm_mon ${when}; rule and table MYHA on node ${node.name}`);
  for (const line of lines) if (line.trim() !== '') say(`  ${line.replaceAll('\t', ' ').trimEnd()}`);
}

interface Observed {
  /** What Pacemaker logged meanwhile on a node that is on. */
  decisionsOn(node: SandboxNode): Promise<Decisions>;
  readonly move: Pick<Move, 'outage' | 'aws'>;
}

/** What `work` did to the service, from what the client, Pacemaker and the sandbox's EC2 saw of it. */
async function observe(
  { sandbox, run }: Cluster,
  client: ServiceClient,
  to: SandboxNode,
  work: () => Promise<void>,
): Promise<Observed> {
  await sandbox.resetRequests();
  const sinceMs = nowMs();
  await work();
  const outage = await client.answeredBy(`node-${to.name}`);
  const requests = await sandbox.requests();
  const askedMs = nowMs();
  const offsetMs = askedMs - (await sandbox.world()).nowMs;
  return {
    decisionsOn: async (node) => {
      const log = await run(`cat ${PACEMAKER_LOG}`, node);
      return parsePacemakerLog(node, log, { sinceMs, epochMs: -performance.timeOrigin });
    },
    move: { outage, aws: awsSpans(requests, DEFAULT_LATENCIES, offsetMs) },
  };
}

function byTime(one: Moment, other: Moment): number {
  return one.atMs - other.atMs;
}

async function failOver(cluster: Cluster, client: ServiceClient): Promise<Move> {
  const { a, b } = cluster.sandbox.nodes;
  say('\nnode a dies');
  const { decisionsOn, move } = await observe(cluster, client, b, async () => {
    await cluster.sandbox.crash(a.instanceId);
    await during('Pacemaker fences node a, starts the service on node b', untilServedBy(cluster, b));
  });
  const decisions = await decisionsOn(b);
  const lostMs = momentOf(decisions, /Node node-a state is now lost/);
  const fencing: ClusterSpan = {
    share: 'fencing',
    name: 'stands in for fence_aws',
    startMs: momentOf(decisions, /Requesting fencing \(reboot\) of node node-a/),
    endMs: momentOf(decisions, /Peer node-a was terminated \((?:off|reboot)\) by node-b .*: OK/),
  };
  const { span, phases } = actionIn(decisions, RESOURCE, 'start');
  return {
    title: 'failover: node a dies',
    ...move,
    moments: [
      { atMs: lostMs, what: 'Pacemaker calls node a lost' },
      { atMs: fencing.startMs, what: 'it asks for node a to be fenced' },
      { atMs: fencing.endMs, what: 'node a is off' },
      { atMs: span.startMs, what: 'it calls aws-eni start on node b' },
      { atMs: span.endMs, what: 'start has returned' },
      { atMs: move.outage.endMs, what: `${ADDRESS} answers, from node b` },
    ].toSorted(byTime),
    cluster: [
      { share: 'detection', name: 'node a declared lost', startMs: move.outage.startMs, endMs: lostMs },
      fencing,
    ],
    actions: [span],
    phases,
  };
}

async function moveBack(cluster: Cluster, client: ServiceClient): Promise<Move> {
  const { a, b } = cluster.sandbox.nodes;
  const { decisionsOn, move } = await observe(cluster, client, a, () =>
    during(`crm resource move ${RESOURCE} node-a`, moveTo(cluster, a)),
  );
  const stopped = actionIn(await decisionsOn(b), RESOURCE, 'stop');
  const started = actionIn(await decisionsOn(a), RESOURCE, 'start');
  return {
    title: 'move back: stop on node b, start on node a',
    ...move,
    moments: [
      { atMs: stopped.span.startMs, what: 'Pacemaker calls aws-eni stop on node b' },
      { atMs: stopped.span.endMs, what: 'stop has returned' },
      { atMs: started.span.startMs, what: 'it calls aws-eni start on node a' },
      { atMs: started.span.endMs, what: 'start has returned' },
      { atMs: move.outage.endMs, what: `${ADDRESS} answers, from node a` },
    ].toSorted(byTime),
    cluster: [],
    actions: [stopped.span, started.span],
    phases: [...stopped.phases, ...started.phases],
  };
}

async function show(cluster: Cluster): Promise<readonly Move[]> {
  const { a, b } = cluster.sandbox.nodes;
  const configuration = readmeConfiguration();
  say(`\n${configuration.trimEnd().replaceAll(/^/gm, '  ')}\n`);
  await during('the cluster is configured so', cluster.run(configuration));
  await during(
    'the service starts',
    cluster.until('started', ({ resources }) =>
      resources.some(({ id, role }) => id === RESOURCE && role === 'Started'),
    ),
  );
  await moveTo(cluster, a);
  const client = await startServiceClient(cluster.sandbox, {
    address: ADDRESS,
    port: SERVICE_PORT,
    requestEveryMs: REQUEST_EVERY_MS,
    nowMs,
  });
  await client.answeredBy('node-a');
  await showCluster(cluster, 'before', a);
  const failover = await failOver(cluster, client);
  await showCluster(cluster, 'after the failover', b);
  say('\nnode a is repaired, and the service is moved back');
  await during('node a boots and joins', cluster.boot(a));
  await cluster.settled();
  const back = await moveBack(cluster, client);
  await showCluster(cluster, 'at the end', a);
  await client.stop();
  return [failover, back];
}

const { callMs, detachMs, attachMs, deviceMs, staleMs } = DEFAULT_LATENCIES;
say(`aws-eni moves ${eniId} (${ADDRESS}) between two nodes of a real
Pacemaker cluster, in a VPC in a box made of network namespaces. EC2 there takes
${callMs} ms a call, ${detachMs} to detach, ${attachMs} to attach, ${deviceMs} more for the device; what it
describes is ${staleMs} ms old. Corosync's token is ${TOKEN_MS} ms. Fencing powers the node
off at once, where EC2 takes some seconds or more to stop an instance.
`);
const cluster = await during('setting up VPC, nodes, Corosync, Pacemaker', startCluster());
try {
  const moves = await show(cluster);
  say(`\n${moves.map(renderMove).join('\n')}`);
  say(`The client sends a request every ${REQUEST_EVERY_MS} ms.`);
  await mkdir(fileURLToPath(new URL('.', `file://${drawing}`)), { recursive: true });
  await writeFile(drawing, renderWaterfall(moves));
  say('Drawn in dist/demo/failover.svg.');
} finally {
  await cluster.close();
}

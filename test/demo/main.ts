import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startEcho } from '../sandbox/programs.ts';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { DEFAULT_LATENCIES } from '../sandbox/sandbox-options.ts';
import { callAgent, eniId } from '../scenarios/agent.ts';
import { awsSpans } from './aws-spans.ts';
import type { Move, PhaseSpan, Span } from './move.ts';
import { REQUEST_EVERY_MS, startClient } from './outages.ts';
import { renderMove } from './timeline.ts';
import { renderWaterfall } from './waterfall.ts';

const ADDRESS = '10.2.0.10';
const PORT = 7_007;
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
    say(` ${((nowMs() - startedMs) / 1000).toFixed(2)} s`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

interface Acted {
  readonly span: Span;
  readonly phases: readonly PhaseSpan[];
}

/** Runs an action by the executable; its phases are those that it reports itself. */
async function act(sandbox: Sandbox, node: SandboxNode, action: 'start' | 'stop'): Promise<Acted> {
  const calledMs = nowMs();
  const { exitCode, stderr } = await during(
    `aws-eni ${action} on node ${node.name}`,
    callAgent(sandbox, node, action),
  );
  const endMs = nowMs();
  if (exitCode !== 0) throw new Error(`aws-eni ${action} on node ${node.name} failed: ${stderr}`);
  const [, seconds = '0', list = ''] = /in ([\d.]+) s \((.*)\)/.exec(stderr) ?? [];
  // The process's own clock began when it did, which is what its report leaves of the time it took us.
  const startMs = Math.max(calledMs, endMs - Number(seconds) * 1000);
  let reachedMs = startMs;
  const phases = list.split(', ').map((one): PhaseSpan => {
    const [, name = '', length = '0'] = /^(\w+) (\d+) ms$/.exec(one) ?? [];
    const from = reachedMs;
    reachedMs += Number(length);
    return { action, name, startMs: from, endMs: reachedMs };
  });
  return { span: { startMs, endMs }, phases };
}

/** What `work` did to the service, from what the client, the agent and the sandbox's EC2 saw of it. */
async function observe(
  sandbox: Sandbox,
  title: string,
  work: () => Promise<{ readonly acted: readonly Acted[]; readonly outage: Span }>,
): Promise<Move> {
  await sandbox.resetRequests();
  const { acted, outage } = await work();
  const requests = await sandbox.requests();
  const askedMs = nowMs();
  const offsetMs = askedMs - (await sandbox.world()).nowMs;
  const spans = acted.map(({ span }) => span);
  return {
    title,
    outage,
    phases: acted.flatMap(({ phases }) => phases),
    aws: awsSpans(requests, DEFAULT_LATENCIES, offsetMs),
    actions: {
      startMs: Math.min(...spans.map((one) => one.startMs)),
      endMs: Math.max(...spans.map((one) => one.endMs)),
    },
  };
}

async function showNetwork(when: string, nodes: readonly SandboxNode[]): Promise<void> {
  say(`\nrules and table MYHA ${when}`);
  for (const node of nodes) {
    const { stdout: rules } = await node.exec('ip', ['rule', 'show', 'priority', '100']);
    const { stdout: routes } = await node.exec('ip', ['route', 'show', 'table', '100']);
    const lines = [...rules.split('\n'), ...routes.split('\n')]
      .map((line) => line.trim())
      .filter((line) => line !== '');
    for (const [index, line] of (lines.length === 0 ? ['(none)'] : lines).entries()) {
      say(`  ${index === 0 ? `node ${node.name}` : '      '}  ${line}`);
    }
  }
}

async function failOver(sandbox: Sandbox): Promise<readonly Move[]> {
  const { a, b } = sandbox.nodes;
  await showNetwork('before', [a, b]);
  say('\nthe service starts on node a; a client behind the router asks it every 10 ms');
  await startEcho(a, PORT);
  await startEcho(b, PORT);
  await act(sandbox, a, 'start');
  const client = await startClient(sandbox, ADDRESS, PORT, nowMs);
  await during('the client is answered by node a', client.answeredBy('node-a'));
  await showNetwork('with the service on node a', [a, b]);

  say('\nnode a dies');
  const failover = await observe(sandbox, 'failover: node a dies, aws-eni starts on node b', async () => {
    await sandbox.powerOff(a.instanceId);
    const acted = [await act(sandbox, b, 'start')];
    return { acted, outage: await during('the client is answered by node b', client.answeredBy('node-b')) };
  });
  await showNetwork('after the failover (node a is off)', [b]);

  say('\nnode a is repaired, and the service is moved back by hand');
  await sandbox.boot(a.instanceId);
  await startEcho(a, PORT);
  const back = await observe(sandbox, 'move back: stop on node b, start on node a', async () => {
    const acted = [await act(sandbox, b, 'stop'), await act(sandbox, a, 'start')];
    return { acted, outage: await during('the client is answered by node a', client.answeredBy('node-a')) };
  });
  await showNetwork('at the end', [a, b]);
  await client.stop();
  return [failover, back];
}

say(`aws-eni moves ${eniId} (${ADDRESS}) between two nodes`);
say('of a VPC in a box, made of network namespaces.');
const { callMs, detachMs, attachMs, deviceMs, staleMs } = DEFAULT_LATENCIES;
say(
  `EC2 there takes ${callMs} ms a call, ${detachMs} to detach, ${attachMs} to attach, ${deviceMs} more for the`,
);
say(`device; what it describes is ${staleMs} ms old\n`);
const sandbox = await during('setting up router, nodes, client, EC2, metadata service', startSandbox());
try {
  const moves = await failOver(sandbox);
  say(`\n${moves.map(renderMove).join('\n')}`);
  say(`The client sends a request every ${REQUEST_EVERY_MS} ms. No cluster is part of this: the time to`);
  say('notice that a node is dead and to fence it comes on top.');
  await mkdir(fileURLToPath(new URL('.', `file://${drawing}`)), { recursive: true });
  await writeFile(drawing, renderWaterfall(moves));
  say(`Drawn in dist/demo/failover.svg.`);
} finally {
  await sandbox.close();
}

import { fileURLToPath } from 'node:url';
import { awsSpans } from '../demo/aws-spans.ts';
import { sharesOf } from '../demo/move.ts';
import { BUN, BUN_ENVIRONMENT } from '../sandbox/programs.ts';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { DEFAULT_LATENCIES, SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import { callAgent, executable } from '../scenarios/agent.ts';
import { deviceOf } from '../scenarios/node-network.ts';
import type { Timed } from './time-commands.ts';

/** Speed and memory beside the design's numbers. Ratios count: both sides of one are measured in the same run. */
const RUNS = 40;
const TAKEOVERS = 5;
const IPADDR2 = '/usr/lib/ocf/resource.d/heartbeat/IPaddr2 monitor';
const TIMER = fileURLToPath(new URL('time-commands.ts', import.meta.url));

interface Line {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The most that the design allows. */
  readonly limit: number;
}

/** A healthy monitor beside IPaddr2's of the same address, in the same node. */
async function measureMonitor(sandbox: Sandbox, node: SandboxNode): Promise<readonly Line[]> {
  await callAgent(sandbox, node, 'start');
  await sandbox.resetRequests();
  const env = {
    ...BUN_ENVIRONMENT,
    OCF_ROOT: '/usr/lib/ocf',
    OCF_RESOURCE_INSTANCE: 'service-eni',
    OCF_RESKEY_eni_id: SERVICE_ENI,
    OCF_RESKEY_ip: '10.2.0.10',
    // IPaddr2's own, which spare it looking for the device.
    OCF_RESKEY_nic: await deviceOf(node, (await sandbox.world()).enis[SERVICE_ENI]?.mac ?? ''),
    OCF_RESKEY_cidr_netmask: '24',
  };
  const commands = [`${executable} monitor`, IPADDR2];
  const { exitCode, stdout, stderr } = await node.exec(
    BUN,
    ['--no-env-file', TIMER, `${RUNS}`, ...commands],
    { env },
  );
  if (exitCode !== 0) throw new Error(`could not time the monitors: ${stderr}`);
  const [ours, theirs] = JSON.parse(stdout) as readonly [Timed, Timed];
  say(
    `monitor: ${ours.medianMs.toFixed(1)} ms; IPaddr2's: ${theirs.medianMs.toFixed(1)} ms (medians of ${RUNS} in turn)`,
  );
  const asked = (await sandbox.requests()).length;
  return [
    { what: "healthy monitor / IPaddr2's", value: ours.medianMs / theirs.medianMs, unit: '×', limit: 0.5 },
    { what: 'its memory', value: ours.largestMiB, unit: 'MiB', limit: 45 },
    { what: 'its calls of EC2 and metadata service', value: asked, unit: '', limit: 0 },
  ];
}

/** Takeovers from a running holder, beside what AWS itself takes for them. */
async function measureTakeovers(sandbox: Sandbox): Promise<readonly Line[]> {
  const { a, b } = sandbox.nodes;
  const ratios: number[] = [];
  const own: number[] = [];
  const calls: number[] = [];
  for (let turn = 0; turn < TAKEOVERS; turn += 1) {
    await sandbox.resetRequests();
    const startMs = performance.now();
    const { exitCode, stderr } = await callAgent(sandbox, turn % 2 === 0 ? b : a, 'start');
    const endMs = performance.now();
    if (exitCode !== 0) throw new Error(`a takeover failed: ${stderr}`);
    const requests = await sandbox.requests();
    const offsetMs = performance.now() - (await sandbox.world()).nowMs;
    const action = { startMs, endMs };
    const { aws, agent } = sharesOf({
      title: '',
      moments: [],
      outage: action,
      cluster: [],
      actions: [action],
      phases: [],
      aws: awsSpans(requests, DEFAULT_LATENCIES, offsetMs),
    });
    ratios.push((aws + agent) / aws);
    own.push(agent);
    calls.push(requests.filter(({ service }) => service === 'ec2').length);
    process.stdout.write('.');
  }
  say(` ${TAKEOVERS} takeovers`);
  const median = (numbers: readonly number[]): number =>
    numbers.toSorted((x, y) => x - y)[Math.floor(numbers.length / 2)] ?? 0;
  return [
    { what: "takeover / AWS's own time", value: median(ratios), unit: '×', limit: 1.05 },
    { what: 'of it our own', value: median(own), unit: 'ms', limit: 150 },
    { what: 'calls of EC2', value: Math.max(...calls), unit: '', limit: 8 },
  ];
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function show({ what, value, unit, limit }: Line): string {
  const digits = unit === '×' ? 3 : 0;
  const verdict = value <= limit ? '' : '  over';
  return `  ${what.padEnd(40)} ${value.toFixed(digits).padStart(8)} ${unit.padEnd(4)} at most ${limit}${verdict}`;
}

const sandbox = await startSandbox();
try {
  const lines = [...(await measureMonitor(sandbox, sandbox.nodes.a)), ...(await measureTakeovers(sandbox))];
  say(`\n${lines.map(show).join('\n')}`);
} finally {
  await sandbox.close();
}

import { mkdir, rm } from 'node:fs/promises';
import { releases } from './releases/releases.ts';
import type { Counts, Stage } from './stage.ts';
import { project, results, tool } from './stage.ts';

/** Changes what it tests: in a network namespace of its own, with that namespace's devices in /sys. */
const ownNetwork = [
  'unshare',
  '--net',
  '--mount',
  'sh',
  '-c',
  'mount -t sysfs sysfs /sys && exec "$@"',
  'sh',
];

const build = tool('build', 'bun', 'packaging/build.ts');

/** `npm test`: everything that is checked. */
const test: readonly Stage[] = [
  tool('types', 'tsc'),
  tool('lint and format', 'biome', 'ci', '--error-on-warnings', '.'),
  tool('dead code', 'knip'),
  build,
  project('unit', { options: ['--coverage'] }),
  project('kernel', { wrapper: ownNetwork }),
  project('sandbox+bare'),
  project('deadlines'),
  tool('packages', 'bun', 'packaging/rpm/main.ts'),
  // Clusters wait most of the time, packages are computed.
  project('rpm+cluster'),
];

/** `npm run test:machines`: what only shows on a kernel with udev, systemd and other software of its own. */
const machines: readonly Stage[] = [
  build,
  tool('image of a machine', 'bun', 'test/machines/image/main.ts'),
  project('machines'),
];

/** What a version of Pacemaker or crmsh could do otherwise. */
const DIFFERS = [
  'configure',
  'commands',
  'examples',
  'reload',
  'parameters',
  'planned',
  'restart',
  'node-loss',
].map((name) => `test/cluster/${name}.test.ts`);

/** `npm run test:versions`: the agent in clusters of other releases than this machine's. */
const versions: readonly Stage[] = [
  build,
  tool('root file systems', 'bun', 'test/releases/main.ts'),
  ...releases.map(({ name }) =>
    project('cluster', { options: DIFFERS, environment: { AWS_ENI_RELEASE: name }, on: name }),
  ),
];

/** `npm run soak`: more of what is random, longer of what waits. */
const soak: readonly Stage[] = [
  build,
  project('unit', { options: ['test/agent/model'], environment: { AWS_ENI_SCHEDULES: '200000' } }),
  project('sandbox', { environment: { AWS_ENI_NODES: 'bare', AWS_ENI_WATCHED: '90' } }),
  project('sandbox', { options: ['interruption'], environment: { AWS_ENI_EVERY_FOLLOW_UP: 'yes' } }),
  project('deadlines', { environment: { AWS_ENI_LIMITS: '20,120,600' } }),
  project('cluster', { options: ['failovers'], environment: { AWS_ENI_FAILOVERS: '100' } }),
];

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const runs: Readonly<Record<string, readonly Stage[]>> = { test, machines, versions, soak };
const { [process.argv[2] ?? 'test']: stages = test } = runs;
await rm(results, { recursive: true, force: true });
await mkdir(results, { recursive: true });
const failures: string[] = [];
let total: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const { name, run } of stages) {
  const startedMs = performance.now();
  say(`── ${name}`);
  const { passed, failed, skipped } = await run();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  say(`   ${failed === 0 ? 'ok' : 'FAILED'}, ${seconds} s`);
  if (failed > 0) failures.push(name);
  total = { passed: total.passed + passed, failed: total.failed + failed, skipped: total.skipped + skipped };
}
if (failures.length > 0) say(`\nfailed: ${failures.join(', ')}`);
if (total.skipped > 0) say('\nskipped tests count as a failure: each must run or go');
say(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.skipped > 0 || total.passed === 0 ? 1 : 0;

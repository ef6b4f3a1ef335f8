import { mkdir, readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = `${root}/dist/test`;

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Stage {
  readonly name: string;
  readonly run: () => Promise<Counts>;
}

/** A tool that is content or not counts as one test. */
function tool(name: string, command: string, ...args: readonly string[]): Stage {
  return {
    name,
    run: async () => {
      const { exitCode } = await start(command, args);
      return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
    },
  };
}

interface ProjectOptions {
  /** A command that runs vitest. */
  readonly wrapper?: readonly string[];
  /** More options of vitest. */
  readonly options?: readonly string[];
}

/** A vitest project; the kernel's in a network namespace of its own, with that namespace's devices in /sys. */
function project(name: string, { wrapper = [], options = [] }: ProjectOptions = {}): Stage {
  return {
    name: `tests: ${name}`,
    run: async () => {
      const report = `${results}/${name}.json`;
      const vitest = ['vitest', 'run', '--config', 'test/vitest.config.ts', '--project', name];
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const [command = 'vitest', ...args] = [...wrapper, ...vitest, ...reporters, ...options];
      const { exitCode } = await start(command, args);
      const counts = await countsOf(report);
      // Vitest also fails for errors outside of tests, and for a project that has none.
      const isUncounted = exitCode !== 0 && counts.failed === 0;
      return isUncounted ? { ...counts, failed: 1 } : counts;
    },
  };
}

const ownNetwork = [
  'unshare',
  '--net',
  '--mount',
  'sh',
  '-c',
  'mount -t sysfs sysfs /sys && exec "$@"',
  'sh',
];

const stages: readonly Stage[] = [
  tool('types', 'tsc'),
  tool('lint and format', 'biome', 'ci', '--error-on-warnings', '.'),
  tool('dead code', 'knip'),
  tool('build', 'bun', 'packaging/build.ts'),
  project('unit', { options: ['--coverage'] }),
  project('kernel', { wrapper: ownNetwork }),
  project('sandbox'),
  project('cluster'),
];

function start(
  command: string,
  args: readonly string[],
): Promise<{ readonly exitCode?: number | undefined }> {
  return execa(command, args, {
    cwd: root,
    reject: false,
    preferLocal: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

async function countsOf(report: string): Promise<Counts> {
  try {
    const summary = JSON.parse(await readFile(report, 'utf8')) as Record<string, number>;
    const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = summary;
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch (error) {
    say(`no result of the tests in ${report}: ${String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

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

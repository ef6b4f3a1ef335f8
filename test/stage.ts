import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where vitest leaves what it counted. */
export const results = `${root}/dist/test`;

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One step of a test run, with its output on the terminal. */
export interface Stage {
  readonly name: string;
  readonly run: () => Promise<Counts>;
}

/** A tool that is content or not counts as one test. */
export function tool(name: string, command: string, ...args: readonly string[]): Stage {
  return {
    name,
    run: async () => {
      const { exitCode } = await start(command, args, {});
      return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
    },
  };
}

export interface ProjectOptions {
  /** A command that runs vitest. */
  readonly wrapper?: readonly string[];
  /** More options of vitest, such as the names of files. */
  readonly options?: readonly string[];
  /** What tests read to do more than usual, or the same elsewhere. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where these tests run, if the same run elsewhere, too. */
  readonly on?: string;
}

/** The tests of a vitest project, or some of them; of several joined by `+`, at the same time. */
export function project(
  name: string,
  { wrapper = [], options = [], environment = {}, on }: ProjectOptions = {},
): Stage {
  const what = on === undefined ? options.filter((option) => !option.startsWith('-')) : ['on', on];
  return {
    name: `tests: ${[name, ...what].join(' ')}`,
    run: async () => {
      const report = `${results}/${[name, on].filter(Boolean).join('-on-')}.json`;
      const projects = name.split('+').flatMap((one) => ['--project', one]);
      const vitest = ['vitest', 'run', '--config', 'test/vitest.config.ts', ...projects];
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const [command = 'vitest', ...args] = [...wrapper, ...vitest, ...reporters, ...options];
      const { exitCode } = await start(command, args, environment);
      const counts = await countsOf(report);
      // Vitest also fails for errors outside of tests, and for a project that has none.
      const isUncounted = exitCode !== 0 && counts.failed === 0;
      return isUncounted ? { ...counts, failed: 1 } : counts;
    },
  };
}

function start(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly exitCode?: number | undefined }> {
  return execa(command, args, {
    cwd: root,
    env,
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
    process.stdout.write(`no result of the tests in ${report}: ${String(error)}\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

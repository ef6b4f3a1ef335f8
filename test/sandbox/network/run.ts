import { execa } from 'execa';

/** A tool that sets up namespaces answers in milliseconds. */
const TIMEOUT_MS = 10_000;

/** @returns standard output. @throws with the command and its standard error, when it fails */
export async function run(command: readonly [string, ...string[]], input?: string): Promise<string> {
  const [file, ...args] = command;
  const { stdout, exitCode, stderr, originalMessage } = await execa(file, args, {
    reject: false,
    timeout: TIMEOUT_MS,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
  });
  if (exitCode === 0) return String(stdout);
  const because = String(stderr ?? '').trim() || originalMessage || `exit code ${exitCode}`;
  throw new Error(`${command.join(' ')}: ${because}${input === undefined ? '' : `; input:\n${input}`}`);
}

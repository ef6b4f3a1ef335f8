import { execa } from 'execa';

/** Longer than anything takes that is built here. */
export const TOOL_LIMIT_MS = 20 * 60_000;

/** @returns standard output. @throws with all that it printed, when it fails */
export async function runTool(
  command: string,
  args: readonly string[],
  { input, directory = '/' }: { readonly input?: string; readonly directory?: string } = {},
): Promise<string> {
  const { exitCode, all, stdout, originalMessage } = await execa(command, args, {
    reject: false,
    all: true,
    timeout: TOOL_LIMIT_MS,
    cwd: directory,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
  });
  if (exitCode !== 0) throw new Error(`${command} ${args.join(' ')}: ${originalMessage ?? ''}\n${all}`);
  return stdout;
}

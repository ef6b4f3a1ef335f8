import { dying } from './dying.ts';

/** The command that runs `command` in the machine. It is killed when what started it ends, and no sooner. */
export function enter(pid: number, command: readonly string[]): readonly [string, ...string[]] {
  return dying(['nsenter', '-t', `${pid}`, '-a', '--', ...dying(command)]);
}

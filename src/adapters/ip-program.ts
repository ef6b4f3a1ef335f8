import { readFileSync } from 'node:fs';
import type { Ran, RunOptions } from './run.ts';
import { run, runDirectly } from './run.ts';
import { saidNothing } from './run-failure.ts';

/** ip(8), each call in a time of its own. */
export interface Ip {
  /** A question whose answer is never empty. @throws {AgentError} `transient`, where nothing is said all the same */
  look(args: readonly string[], input?: string): Ran;
  /** A question whose answer may be empty. */
  find(args: readonly string[]): Ran;
  change(args: readonly string[], input?: string): Ran;
}

/** iproute2 answers in milliseconds; a longer silence means that the kernel's netlink is stuck. */
const IP_TIMEOUT_MS = 5_000;

/**
 * Under SELinux `ip` changes its domain, and what it says on anything but a pipe is lost. Where this process has no
 * SELinux context, which is known at once, a look goes without the pipes, for a monitor has nothing else to do; should its
 * answer be lost all the same, as some other policy may have it, it is asked again, and from then on all have pipes.
 */
export function createIp(remainingMs: () => number): Ip {
  let way: 'untried' | 'direct' | 'pipes' = 'untried';
  const options = (input?: string): RunOptions => ({
    timeoutMs: Math.min(IP_TIMEOUT_MS, remainingMs()),
    ...(input === undefined ? {} : { input }),
  });
  return {
    look: (args, input) => {
      if (way === 'untried' && hasSelinuxContext()) way = 'pipes';
      if (way !== 'pipes') {
        const ran = runDirectly('ip', args, options(input));
        way = isSilent(ran) ? 'pipes' : 'direct';
        if (way === 'direct') return ran;
      }
      const ran = run('ip', args, options(input));
      if (isSilent(ran)) throw saidNothing(['ip', ...args].join(' '), ran.exitCode);
      return ran;
    },
    // Nothing is believed where a look has been answered before, in the same way.
    find: (args) => (way === 'direct' ? runDirectly : run)('ip', args, options()),
    change: (args, input) => run('ip', args, options(input)),
  };
}

/** Whether nothing was said where something had to be. */
function isSilent({ stdout, stderr }: Ran): boolean {
  return stdout === '' && stderr === '';
}

/**
 * Such as `system_u:system_r:cluster_t:s0`. AppArmor shows a word, and a kernel without either refuses to tell.
 * Source: attr(5) of the kernel's LSM, /proc/PID/attr/current; selinux(8).
 */
function hasSelinuxContext(): boolean {
  try {
    return /^[^:\s]+:[^:\s]+:[^:\s]+/.test(readFileSync('/proc/self/attr/current', 'latin1'));
  } catch {
    return false;
  }
}

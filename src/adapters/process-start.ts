import { readFileSync } from 'node:fs';

/**
 * When a process began, in ticks since the boot; with the boot it names the process for good, as its id does not.
 * `undefined`: there is no such process. Source: proc(5), /proc/PID/stat, fields 3 and 22.
 */
export function startTicksOf(pid: number | 'self'): number | undefined {
  try {
    // The program's name, in brackets, may have any character.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[19]);
    // A zombie has ended, though nobody has asked how yet.
    return fields[0] !== 'Z' && Number.isFinite(ticks) ? ticks : undefined;
  } catch {
    return undefined;
  }
}

/** Differs from one boot of this machine to the next. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Ends the processes whose command line has this word, and their children, whatever these run: none of them begins
 * anything any more. First they are held, for a shell that were killed at once would leave a child that nobody knows.
 * @returns whether nothing of it is left to end
 */
export function endMarked(mark: string): boolean {
  try {
    // The numbers of another /proc than this process's name other processes here.
    if (readlinkSync('/proc/self') !== String(process.pid)) return false;
    const held = new Set<number>();
    for (let found = markedBy(mark, held); found.length > 0; found = markedBy(mark, held)) {
      for (const pid of found) {
        held.add(pid);
        signal(pid, 'SIGSTOP');
      }
    }
    const children = allProcesses().filter((pid) => held.has(parentOf(pid)));
    for (const pid of new Set([...children, ...held])) signal(pid, 'SIGKILL');
    return true;
  } catch {
    // What may not be looked at or signalled is still there.
    return false;
  }
}

function markedBy(mark: string, known: ReadonlySet<number>): readonly number[] {
  return allProcesses().filter((pid) => !known.has(pid) && textOf(pid, 'cmdline').includes(mark));
}

function allProcesses(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** Source: proc(5), /proc/PID/stat: after the name in brackets, which may have any character, state and parent. */
function parentOf(pid: number): number {
  const stat = textOf(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** Empty for a process that has ended meanwhile, or is somebody else's. */
function textOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A shell stops at once when it is told to, once the processor has time for it. The action's own end leaves no more. */
const STOP_MS = 500;

/**
 * Ends the processes whose command line has this word, and their children, whatever these run: none of them begins
 * anything any more. First they are stopped: a shell that is killed at once may leave a child that nobody knows.
 * @returns whether nothing of it is left to end
 */
export function endMarked(mark: string): boolean {
  try {
    // The numbers of another /proc than this process's name other processes here.
    if (readlinkSync('/proc/self') !== String(process.pid)) return false;
    const untilMs = performance.now() + STOP_MS;
    const held = new Set<number>();
    let isComplete = true;
    for (let found = markedBy(mark, held); found.length > 0; found = markedBy(mark, held)) {
      for (const pid of found) {
        held.add(pid);
        signal(pid, 'SIGSTOP');
      }
      isComplete = areHeld(found, untilMs) && isComplete;
    }
    const children = allProcesses().filter((pid) => held.has(Number(statOf(pid).parent)));
    for (const pid of new Set([...children, ...held])) signal(pid, 'SIGKILL');
    return isComplete;
  } catch {
    // What may not be looked at or signalled is still there.
    return false;
  }
}

/** Waits until none of them can be about to get a child; one that waits for a child to begin (D) has got it. */
function areHeld(pids: readonly number[], untilMs: number): boolean {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  while (pids.some((pid) => /^[RS]$/.test(statOf(pid).state))) {
    if (performance.now() > untilMs) return false;
    Atomics.wait(clock, 0, 0, 1);
  }
  return true;
}

function markedBy(mark: string, known: ReadonlySet<number>): readonly number[] {
  return allProcesses().filter((pid) => !known.has(pid) && textOf(pid, 'cmdline').includes(mark));
}

function allProcesses(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** Source: proc(5), /proc/PID/stat: after the name in brackets, which may have any character, state and parent. */
function statOf(pid: number): { readonly state: string; readonly parent: string } {
  const stat = textOf(pid, 'stat');
  const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state, parent };
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

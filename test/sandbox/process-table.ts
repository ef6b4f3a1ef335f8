import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Those of the processes that run. */
export function alive(pids: readonly number[]): readonly number[] {
  return pids.filter((pid) => {
    try {
      // A zombie is dead; when it is taken away is the business of this machine's first process.
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  });
}

export function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

export function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
}

/** Processes of this machine in the pid namespace of one of these. */
export function inMachinesOf(firstProcesses: readonly number[]): readonly number[] {
  const namespaces = firstProcesses.map((pid) => readlinkSync(`/proc/${pid}/ns/pid`));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return namespaces.includes(readlinkSync(`/proc/${pid}/ns/pid`));
      } catch {
        // It has ended.
        return false;
      }
    });
}

import { readFileSync } from 'node:fs';
import type { Clock } from '../ports.ts';

/** A tick of `/proc/PID/stat`. Source: proc(5) and sysconf(_SC_CLK_TCK), 100 per second on every Linux. */
const TICK_MS = 10;

/** No process takes longer to come up; what says so is mistaken, as a clock that went on while the machine slept. */
const LONGEST_BEGINNING_MS = 10_000;

/** Its zero is when this process was forked, which is when Pacemaker's limit begins, not when our code came to run. */
export function createClock(): Clock {
  const beginningMs = ageMs() - performance.now();
  const headStartMs = beginningMs > 0 && beginningMs < LONGEST_BEGINNING_MS ? beginningMs : 0;
  return {
    nowMs: () => performance.now() + headStartMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, Math.max(0, ms));
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(new Error('no longer waited for'));
        });
      }),
    random: Math.random,
  };
}

function ageMs(): number {
  try {
    // The program's name, in brackets, may have any character.
    const [, fields = ''] = /\) (.*)$/s.exec(readFileSync('/proc/self/stat', 'utf8')) ?? [];
    const startedMs = Number(fields.split(' ')[19]) * TICK_MS;
    const age = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000 - startedMs;
    return Number.isFinite(age) ? age : 0;
  } catch {
    return 0;
  }
}

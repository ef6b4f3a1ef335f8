import { readFileSync } from 'node:fs';
import type { Clock } from '../ports/agent.ts';
import { startTicksOf } from './process-start.ts';

/** A tick of `/proc/PID/stat`. Source: proc(5) and sysconf(_SC_CLK_TCK), 100 per second on every Linux. */
const TICK_MS = 10;

/** No process takes longer to come up; what says so is mistaken, as a clock that went on while the machine slept. */
const LONGEST_BEGINNING_MS = 10_000;

/** @param headStartMs what it is ahead of the moment in which our code came to run */
export function createClock(headStartMs: number): Clock {
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

/**
 * How long this process has been there before our code came to run, which can take a second when its file has to be read
 * from a disk. Pacemaker's limit begins with the fork.
 */
export function measureHeadStart(): number {
  const beginningMs = ageMs() - performance.now();
  return beginningMs > 0 && beginningMs < LONGEST_BEGINNING_MS ? beginningMs : 0;
}

function ageMs(): number {
  try {
    const startedMs = (startTicksOf('self') ?? Number.NaN) * TICK_MS;
    const age = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000 - startedMs;
    return Number.isFinite(age) ? age : 0;
  } catch {
    return 0;
  }
}

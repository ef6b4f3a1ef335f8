import type { Clock } from '../../src/ports/agent.ts';

/** Time that passes only when nobody has anything left to do. */
export interface VirtualClock extends Clock {
  /** The result of `work`, with time passed as far as it had to. */
  run<T>(work: Promise<T>): Promise<T>;
}

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/**
 * @param onAdvance told each time that time has passed
 * @param random a number from 0 to 1, for jitter
 */
export function createVirtualClock(
  onAdvance: (nowMs: number) => void = () => undefined,
  random: () => number = () => 0.5,
): VirtualClock {
  let nowMs = 0;
  let sleepers: readonly Sleeper[] = [];
  const leave = (sleeper: Sleeper): void => {
    sleepers = sleepers.filter((other) => other !== sleeper);
  };
  const wakeNext = (): void => {
    const next = sleepers.reduce<Sleeper | undefined>(
      (first, one) => (first === undefined || one.atMs < first.atMs ? one : first),
      undefined,
    );
    if (next === undefined) throw new Error('everybody waits for something that is no time');
    leave(next);
    nowMs = Math.max(nowMs, next.atMs);
    onAdvance(nowMs);
    next.wake();
  };
  return {
    nowMs: () => nowMs,
    random,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { atMs: nowMs + Math.max(0, ms), wake: resolve };
        sleepers = [...sleepers, sleeper];
        signal?.addEventListener('abort', () => {
          leave(sleeper);
          reject(new Error('no longer waited for'));
        });
      }),
    run: async (work) => {
      let isSettled = false;
      const settle = (): void => {
        isSettled = true;
      };
      work.then(settle, settle);
      for (;;) {
        // One turn of the event loop lets every promise that can be settled be settled.
        await new Promise((resolve) => setImmediate(resolve));
        if (isSettled) return work;
        wakeNext();
      }
    },
  };
}

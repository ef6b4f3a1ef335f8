import type { Clock } from '../ports.ts';

export function createClock(): Clock {
  return {
    nowMs: () => performance.now(),
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

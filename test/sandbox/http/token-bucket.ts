import type { TokenBucket } from '../sandbox-options.ts';

/** @returns takes one token; false when there is none ("Request throttling for the Amazon EC2 API") */
export function createTokenBucket({ capacity, refillPerSecond }: TokenBucket): (nowMs: number) => boolean {
  let tokens = capacity;
  let countedMs = 0;
  return (nowMs) => {
    tokens = Math.min(capacity, tokens + ((nowMs - countedMs) / 1_000) * refillPerSecond);
    countedMs = nowMs;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

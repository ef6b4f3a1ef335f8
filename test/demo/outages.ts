import { watchService } from '../sandbox/programs.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Span } from './move.ts';

/** A client that asks the service every 10 ms, and what it has seen. */
export interface Client {
  /** Resolves when `name` answers, with the outage before it. */
  answeredBy(name: string): Promise<Span>;
  stop(): Promise<void>;
}

export const REQUEST_EVERY_MS = 10;

/** Shorter than TCP's first repetition of a lost packet (1 s), so that no request is answered late. */
const LOST_AFTER_MS = 500;

const PATIENCE_MS = 60_000;

/** @param nowMs the demo's clock */
export async function startClient(
  sandbox: Sandbox,
  address: string,
  port: number,
  nowMs: () => number,
): Promise<Client> {
  const { started, sightings } = await watchService(sandbox.client, {
    address,
    port,
    intervalMs: REQUEST_EVERY_MS,
    timeoutMs: LOST_AFTER_MS,
  });
  let offsetMs = Number.POSITIVE_INFINITY;
  let lostSinceMs: number | undefined;
  let waiting: { readonly name: string; readonly resolve: (outage: Span) => void } | undefined;
  let seen: { readonly name: string; readonly outage: Span } | undefined;
  const settle = (): void => {
    if (waiting === undefined || seen?.name !== waiting.name) return;
    waiting.resolve(seen.outage);
    waiting = undefined;
  };
  const watching = (async () => {
    for await (const { by, sentMs, receivedMs } of sightings) {
      // An answer is reported the moment it comes: the smallest difference is that of the clocks.
      if (receivedMs !== undefined) offsetMs = Math.min(offsetMs, nowMs() - receivedMs);
      if (by === undefined) lostSinceMs = sentMs;
      else {
        const endMs = sentMs + offsetMs;
        seen = {
          name: by,
          outage: { startMs: lostSinceMs === undefined ? endMs : lostSinceMs + offsetMs, endMs },
        };
        lostSinceMs = undefined;
        settle();
      }
    }
  })();
  return {
    answeredBy: (name) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${name} did not answer within ${PATIENCE_MS} ms`)),
          PATIENCE_MS,
        );
        waiting = {
          name,
          resolve: (outage) => {
            clearTimeout(timer);
            resolve(outage);
          },
        };
        settle();
      }),
    stop: async () => {
      await started.killGroup();
      await watching;
    },
  };
}

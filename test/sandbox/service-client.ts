import type { Sighting } from './client.ts';
import { watchService } from './programs.ts';
import type { Sandbox } from './sandbox.ts';

/** From the first request that was lost to the first that was answered again, in ms on the watcher's clock. */
interface Outage {
  readonly startMs: number;
  readonly endMs: number;
}

/** A client that asks the service at a fixed pace, and what it has seen. */
export interface ServiceClient {
  /** Resolves when the newest that is known is an answer by `name`, with the last outage so far (empty: none). */
  answeredBy(name: string, patienceMs?: number): Promise<Outage>;
  /** Resolves when a request that was sent after the call is answered, by whomever. */
  answered(patienceMs?: number): Promise<void>;
  /** Each stretch of requests without an answer that has ended. */
  outages(): readonly Outage[];
  stop(): Promise<void>;
}

export interface ServiceClientOptions {
  readonly address: string;
  readonly port: number;
  readonly requestEveryMs: number;
  /** Default 500: below TCP's first repetition of a lost packet (1 s), so that no request is answered late. */
  readonly lostAfterMs?: number;
  readonly nowMs?: () => number;
}

/** An answered request. */
interface Seen {
  readonly name: string;
  readonly sentMs: number;
}

const PATIENCE_MS = 60_000;

export async function startServiceClient(
  sandbox: Sandbox,
  { address, port, requestEveryMs, lostAfterMs = 500, nowMs = () => performance.now() }: ServiceClientOptions,
): Promise<ServiceClient> {
  const { started, sightings } = await watchService(sandbox.client, {
    address,
    port,
    intervalMs: requestEveryMs,
    timeoutMs: lostAfterMs,
  });
  const ended: Outage[] = [];
  let offsetMs = Number.POSITIVE_INFINITY;
  let lostSinceMs: number | undefined;
  let last: Seen | undefined;
  let waiting: { readonly isIt: (seen: Seen) => boolean; readonly resolve: (seen: Seen) => void } | undefined;
  const settle = (): void => {
    if (waiting === undefined || last === undefined || !waiting.isIt(last)) return;
    waiting.resolve(last);
    waiting = undefined;
  };
  const see = ({ by, sentMs, receivedMs }: Sighting): void => {
    // An answer is reported the moment it comes: the smallest difference is that of the clocks.
    if (receivedMs !== undefined) offsetMs = Math.min(offsetMs, nowMs() - receivedMs);
    const atMs = sentMs + offsetMs;
    if (by === undefined) {
      lostSinceMs ??= sentMs;
      last = undefined;
      return;
    }
    if (lostSinceMs !== undefined) ended.push({ startMs: lostSinceMs + offsetMs, endMs: atMs });
    lostSinceMs = undefined;
    last = { name: by, sentMs: atMs };
    settle();
  };
  const watching = (async () => {
    for await (const sighting of sightings) see(sighting);
  })();
  const until = (what: string, patienceMs: number, isIt: (seen: Seen) => boolean): Promise<Seen> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${what} within ${patienceMs} ms`)), patienceMs);
      waiting = {
        isIt,
        resolve: (seen) => {
          clearTimeout(timer);
          resolve(seen);
        },
      };
      settle();
    });
  return {
    answeredBy: async (name, patienceMs = PATIENCE_MS) => {
      const { sentMs } = await until(`${name} did not answer`, patienceMs, (seen) => seen.name === name);
      return ended.at(-1) ?? { startMs: sentMs, endMs: sentMs };
    },
    answered: async (patienceMs = PATIENCE_MS) => {
      const calledMs = nowMs();
      await until('nobody answered', patienceMs, ({ sentMs }) => sentMs > calledMs);
    },
    outages: () => ended,
    stop: async () => {
      started.killGroup();
      await watching;
    },
  };
}

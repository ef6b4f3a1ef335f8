import { connect } from 'node:net';

/**
 * `client.ts ADDRESS PORT INTERVAL_MS TIMEOUT_MS`: asks the service at a fixed pace, never waiting for an older
 * answer, and prints a JSON line whenever what it sees changes: who answers, or that nobody does; and once in a while
 * that it is still the same.
 */
const [address = '', port = '', intervalMs = '', timeoutMs = ''] = process.argv.slice(2);

/** One line of output. Times are milliseconds since the client started. */
export interface Sighting {
  /** Hostname, or `undefined` when the request was lost. */
  readonly by: string | undefined;
  /** Of a first request with this outcome, or of one with the same outcome as those since the last line. */
  readonly sequence: number;
  readonly sentMs: number;
  /** Of its answer; `undefined` when it was lost. */
  readonly receivedMs: number | undefined;
}

const SAME_EVERY_MS = 200;

const sightings: (Sighting | undefined)[] = [];
let reported = 0;
let last: Sighting | undefined;

function ask(): Promise<{ readonly by: string | undefined }> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ host: address, port: Number(port) });
    // What has come in meanwhile is read first: this program's own delay is not the service's.
    const timer = setTimeout(() => setImmediate(() => socket.destroy()), Number(timeoutMs));
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve({ by: text.endsWith('\n') ? text.trim() : undefined });
    });
  });
}

/** In the order in which they were sent: a late loss does not come after the answers of those behind it. */
function report(): void {
  for (let next = sightings[reported]; next !== undefined; next = sightings[reported]) {
    if (last === undefined || next.by !== last.by || next.sentMs - last.sentMs >= SAME_EVERY_MS) {
      process.stdout.write(`${JSON.stringify(next)}\n`);
      last = next;
    }
    sightings[reported] = undefined;
    reported += 1;
  }
}

let count = 0;
setInterval(() => {
  const sequence = count;
  count += 1;
  const sentMs = performance.now();
  void ask().then(({ by }) => {
    sightings[sequence] = {
      by,
      sequence,
      sentMs,
      receivedMs: by === undefined ? undefined : performance.now(),
    };
    report();
  });
}, Number(intervalMs));

import { startServiceClient } from '../sandbox/service-client.ts';
import type { Cluster } from './cluster.ts';
import { SERVICE_PORT } from './cluster.ts';

/** What a client of the service had to bear. */
export interface Borne {
  /** Lengths in ms of the stretches without an answer. */
  readonly outages: readonly number[];
  /** TCP packets that the client had to send again: what the network lost, whatever this machine's own delays. */
  readonly repeatedPackets: number;
}

/** Patient, so that a busy machine loses no request; what the network lost is seen from the repeated packets. */
const LOST_AFTER_MS = 3_000;
const REQUEST_EVERY_MS = 50;

/** Runs `work` under the requests of a client, who is answered before and after it. */
export async function watchedWhile(
  { sandbox }: Cluster,
  work: () => Promise<void>,
  address = '10.2.0.10',
): Promise<Borne> {
  const repeated = async (): Promise<number> => {
    const { stdout } = await sandbox.client.exec('cat', ['/proc/net/snmp']);
    const [names = [], values = []] = stdout
      .split('\n')
      .filter((line) => line.startsWith('Tcp:'))
      .map((line) => line.split(' '));
    return Number(values[names.indexOf('RetransSegs')]);
  };
  const client = await startServiceClient(sandbox, {
    address,
    port: SERVICE_PORT,
    requestEveryMs: REQUEST_EVERY_MS,
    lostAfterMs: LOST_AFTER_MS,
  });
  try {
    await client.answered();
    const before = await repeated();
    await work();
    await client.answered();
    return {
      outages: client.outages().map(({ startMs, endMs }) => Math.round(endMs - startMs)),
      repeatedPackets: (await repeated()) - before,
    };
  } finally {
    await client.stop();
  }
}

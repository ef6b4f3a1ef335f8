import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Sighting } from './client.ts';
import type { MachineShell, Started } from './machines/machine-shell.ts';

/** Bun as it is to be run: it takes nothing from the directory it is started in. */
export const BUN = fileURLToPath(new URL('../../node_modules/.bin/bun', import.meta.url));
export const BUN_ENVIRONMENT = { BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0', DO_NOT_TRACK: '1' } as const;

export interface Watched {
  readonly address: string;
  readonly port: number;
  readonly intervalMs: number;
  /** After it a request counts as lost. */
  readonly timeoutMs: number;
}

/** A service on all of the machine's addresses that answers with its hostname. Returns when it listens. */
export async function startEcho(machine: MachineShell, port: number): Promise<Started> {
  const started = await startProgram(machine, new URL('echo.ts', import.meta.url), [`${port}`]);
  const { stdout, stderr } = started.running;
  const listening = stdout && once(createInterface(stdout), 'line');
  await Promise.race([
    listening,
    started.running.then(() => Promise.reject(new Error(`echo ended: ${stderr}`))),
  ]);
  return started;
}

/** Asks a service again and again. The program ends with the iteration, and the iteration with the program. */
export async function watchService(
  machine: MachineShell,
  { address, port, intervalMs, timeoutMs }: Watched,
): Promise<{ readonly started: Started; readonly sightings: AsyncIterable<Sighting> }> {
  const args = [address, `${port}`, `${intervalMs}`, `${timeoutMs}`];
  const started = await startProgram(machine, new URL('client.ts', import.meta.url), args);
  return { started, sightings: parse(started) };
}

async function* parse({ running, killGroup }: Started): AsyncIterable<Sighting> {
  // No `for await`: leaving one early would wait for the end of the program, which has none.
  const lines = running[Symbol.asyncIterator]();
  try {
    for (;;) {
      const line = await lines.next();
      if (line.done === true) return;
      yield JSON.parse(line.value) as Sighting;
    }
  } finally {
    killGroup();
  }
}

function startProgram(machine: MachineShell, file: URL, args: readonly string[]): Promise<Started> {
  return machine.spawn(BUN, ['--no-env-file', fileURLToPath(file), ...args], { env: BUN_ENVIRONMENT });
}

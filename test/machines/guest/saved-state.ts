import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UNFINISHED } from '../../debian/kept-directory.ts';
import { run } from '../../sandbox/network/run.ts';
import type { Image } from '../image/image.ts';
import type { Hardware } from './guest-command.ts';
import { hardwareArguments } from './guest-command.ts';
import { locked } from './lock.ts';
import type { RunningQemu } from './start-guest.ts';

/** A machine that has just booted: its disk and its memory. Beside the image, and gone with it. */
export interface SavedState {
  readonly directory: string;
  readonly disk: string;
  readonly memory: string;
}

/** The state of this hardware, whether or not it is there. */
export function savedState(image: Image, hardware: Hardware): SavedState {
  const hash = createHash('sha256')
    .update(JSON.stringify([hardware.version, hardwareArguments(hardware)]))
    .digest('hex');
  return stateIn(join(image.directory, `booted-${hash.slice(0, 16)}`));
}

function stateIn(directory: string): SavedState {
  return { directory, disk: join(directory, 'disk.qcow2'), memory: join(directory, 'memory') };
}

/**
 * Has the state there. While one process makes it, the others that want it wait: an emulated boot takes a processor.
 * @param boot starts the machine on this disk, and returns when it is up
 */
export async function ensureState(
  image: Image,
  state: SavedState,
  boot: (disk: string) => Promise<RunningQemu>,
): Promise<void> {
  if (existsSync(state.directory)) return;
  await locked(`${state.directory}.lock`, async () => {
    if (!existsSync(state.directory)) await saveState(image, state, boot);
  });
}

async function saveState(
  image: Image,
  state: SavedState,
  boot: (disk: string) => Promise<RunningQemu>,
): Promise<void> {
  const unfinished = stateIn(await mkdtemp(join(image.directory, UNFINISHED)));
  try {
    await run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', image.root, unfinished.disk]);
    const { qmp, ssh, quit } = await boot(unfinished.disk);
    await ssh().run('sync');
    // No connection is to be in the state: the other end of it would be gone.
    await ssh().close();
    await qmp.call('stop');
    await qmp.call('migrate-set-parameters', { 'max-bandwidth': 2 ** 40 });
    await qmp.call('migrate', { uri: `exec:cat > ${unfinished.memory}` });
    await untilMigrated(qmp);
    await quit();
    await rename(unfinished.directory, state.directory);
  } catch (error) {
    await rm(unfinished.directory, { recursive: true, force: true });
    throw error;
  }
}

async function untilMigrated(qmp: RunningQemu['qmp']): Promise<void> {
  for (;;) {
    const answer = (await qmp.call('query-migrate')) as {
      readonly status: string;
      readonly 'error-desc'?: string;
    };
    if (answer.status === 'completed') return;
    if (answer.status === 'failed') throw new Error(`the state was not saved: ${answer['error-desc'] ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

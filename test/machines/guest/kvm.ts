import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { dying } from '../../sandbox/machines/dying.ts';
import type { Image } from '../image/image.ts';
import { locked } from './lock.ts';

/** A kernel that has no root panics within a second or two where KVM works. */
const TIMEOUT_MS = 15_000;
/** Where KVM said nothing in time, this machine may just have been busy: that holds for one run of the tests. */
const SILENCE_HOLDS_MS = 3_600_000;

type Verdict = 'boots' | 'refuses' | 'is silent';

/**
 * Whether KVM boots a kernel here: /dev/kvm may be there and still not do it, on a virtual machine. Tried once for this
 * machine's kernel and QEMU.
 * @param version QEMU's, in its own words
 */
export async function choosesKvm(image: Image, version: string): Promise<boolean> {
  if (!existsSync('/dev/kvm')) return false;
  const hash = createHash('sha256').update(`${release()}\0${version}`).digest('hex').slice(0, 16);
  const record = join(image.directory, `kvm-${hash}`);
  return locked(`${record}.lock`, async () => {
    const recorded = await readVerdict(record);
    const verdict = recorded ?? (await tryKvm(image));
    if (recorded === undefined) await writeFile(record, verdict);
    return verdict === 'boots';
  });
}

async function readVerdict(record: string): Promise<Verdict | undefined> {
  if (!existsSync(record)) return undefined;
  const verdict = (await readFile(record, 'utf8')) as Verdict;
  const isOld = Date.now() - (await stat(record)).mtimeMs > SILENCE_HOLDS_MS;
  return verdict === 'is silent' && isOld ? undefined : verdict;
}

async function tryKvm(image: Image): Promise<Verdict> {
  const [file, ...args] = dying([
    'qemu-system-x86_64',
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-accel', 'kvm', '-cpu', 'host', '-m', '512'],
    ...['-kernel', image.kernel, '-append', 'panic=-1 root=none'],
  ]);
  // It ends by itself when the kernel has panicked, and with 0 too when it is told to end.
  const settings = { reject: false, stdio: 'ignore', timeout: TIMEOUT_MS } as const;
  const { exitCode, timedOut } = await execa(file, args, settings);
  if (timedOut) return 'is silent';
  return exitCode === 0 ? 'boots' : 'refuses';
}

import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { dying } from '../../sandbox/machines/dying.ts';
import type { Image } from '../image/image.ts';

/** A kernel that has no root panics within a second or two where KVM works. */
const TIMEOUT_MS = 15_000;

/**
 * Whether KVM boots a kernel here: /dev/kvm may be there and still not do it, on a virtual machine. Tried once for each
 * kernel of this machine.
 */
export async function choosesKvm(image: Image): Promise<boolean> {
  if (!existsSync('/dev/kvm')) return false;
  const record = join(image.directory, `kvm-on-${release()}`);
  if (existsSync(record)) return (await readFile(record, 'utf8')) === 'boots';
  const [file, ...args] = dying([
    'qemu-system-x86_64',
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-accel', 'kvm', '-cpu', 'host', '-m', '512'],
    ...['-kernel', image.kernel, '-append', 'panic=-1 root=none'],
  ]);
  // It ends by itself when the kernel has panicked, and with 0 too when it is told to end.
  const settings = { reject: false, stdio: 'ignore', timeout: TIMEOUT_MS } as const;
  const { exitCode, timedOut } = await execa(file, args, settings);
  const boots = exitCode === 0 && !timedOut;
  await writeFile(record, boots ? 'boots' : 'does not boot');
  return boots;
}

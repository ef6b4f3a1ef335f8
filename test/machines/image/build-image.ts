import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { CONTENTS, currentImage, IMAGES, imageIn, UNFINISHED } from './image.ts';

/** Images of other states of the sources that are kept, those that were used last. */
const OTHERS_KEPT = 2;
const MINUTES = 60_000;
const TIMEOUT_MS = 20 * MINUTES;

/** Builds the image that belongs to this state of the sources, unless it is there. @param say told what takes long */
export async function buildImage(say: (what: string) => void): Promise<void> {
  const image = currentImage();
  if (!existsSync(image.directory)) {
    say('building the image of a machine (some minutes; it is kept for the next run)');
    await mkdir(IMAGES, { recursive: true });
    const unfinished = await mkdtemp(join(IMAGES, UNFINISHED));
    try {
      await build(unfinished);
      await rename(unfinished, image.directory);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      // Somebody else may have built the same meanwhile.
      if (!existsSync(image.directory)) throw error;
    }
  }
  const now = new Date();
  await utimes(image.directory, now, now);
  await removeOld(image.directory);
  await removeUnfinished(image.directory);
}

async function build(directory: string): Promise<void> {
  const image = imageIn(directory);
  const tree = join(directory, 'tree');
  await run('mmdebstrap', [
    '--mode=root',
    '--variant=minbase',
    '--components=main',
    `--include=${(await packages()).join(' ')}`,
    // Nothing in a machine reads them.
    ...['man', 'doc', 'locale'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    'trixie',
    tree,
    await archive(),
  ]);
  await cp(join(CONTENTS, 'root'), tree, { recursive: true });
  await cp(join(CONTENTS, 'selinux'), join(tree, 'root', 'selinux'), { recursive: true });
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'tests', '-f', image.key]);
  await mkdir(join(tree, 'root', '.ssh'), { recursive: true });
  await cp(`${image.key}.pub`, join(tree, 'root', '.ssh', 'authorized_keys'));
  const setup = await readFile(join(CONTENTS, 'set-up.sh'), 'utf8');
  // In a mount namespace of its own: what it mounts is gone when it ends, however that is.
  await run('unshare', ['--mount', '--propagation', 'private', 'chroot', tree, 'sh', '-eu'], setup);
  await rename(join(tree, 'boot', 'kernel'), image.kernel);
  await rename(join(tree, 'boot', 'initrd'), image.initrd);
  await run('mkfs.ext4', ['-q', '-F', '-d', tree, image.root, '4G']);
  await rm(tree, { recursive: true });
}

async function packages(): Promise<readonly string[]> {
  const lines = (await readFile(join(CONTENTS, 'packages.txt'), 'utf8')).split('\n');
  return lines.filter((line) => !line.startsWith('#')).flatMap((line) => line.split(' ').filter(Boolean));
}

/** Debian's archive, as this machine's apt has it. */
async function archive(): Promise<string> {
  const args = ['indextargets', '--format', '$(SITE)', 'Created-By: Packages', 'Origin: Debian'];
  const [site] = (await run('apt-get', args)).split('\n').filter(Boolean);
  if (site === undefined)
    throw new Error(
      "apt knows no archive of Debian: run 'apt-get update', and look at /etc/apt/sources.list",
    );
  return site;
}

async function removeOld(current: string): Promise<void> {
  await removeUnfinished(IMAGES);
  const others: { readonly path: string; readonly usedMs: number }[] = [];
  for (const name of await readdir(IMAGES)) {
    const path = join(IMAGES, name);
    if (path !== current && !name.startsWith(UNFINISHED)) others.push({ path, usedMs: await lastUsed(path) });
  }
  const inOrder = others.toSorted((one, other) => other.usedMs - one.usedMs);
  for (const { path } of inOrder.slice(OTHERS_KEPT)) await rm(path, { recursive: true, force: true });
}

/** What is made in a directory has no other name as long as it is made; what was killed meanwhile is never finished. */
async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const isLeft = name.startsWith(UNFINISHED) && Date.now() - (await lastUsed(path)) > 2 * TIMEOUT_MS;
    if (isLeft) await rm(path, { recursive: true, force: true });
  }
}

async function lastUsed(path: string): Promise<number> {
  return (await stat(path)).mtimeMs;
}

/** @returns standard output. @throws with all that it printed, when it fails */
async function run(command: string, args: readonly string[], input?: string): Promise<string> {
  const { exitCode, all, stdout, originalMessage } = await execa(command, args, {
    reject: false,
    all: true,
    timeout: TIMEOUT_MS,
    cwd: CONTENTS,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
  });
  if (exitCode !== 0) throw new Error(`${command} ${args.join(' ')}: ${originalMessage ?? ''}\n${all}`);
  return stdout;
}

import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bootstrap } from '../../debian/bootstrap.ts';
import { keepDirectory } from '../../debian/kept-directory.ts';
import { runTool } from '../../debian/run-tool.ts';
import { CONTENTS, currentImage, imageIn } from './image.ts';

/** Images of other states of the sources that are kept. */
const OTHERS_KEPT = 2;

/** Builds the image that belongs to this state of the sources, unless it is there. @param say told what takes long */
export async function buildImage(say: (what: string) => void): Promise<void> {
  const { directory } = currentImage();
  if (!existsSync(directory))
    say('building the image of a machine (some minutes; it is kept for the next run)');
  await keepDirectory(directory, OTHERS_KEPT, build);
}

async function build(directory: string): Promise<void> {
  const image = imageIn(directory);
  const tree = join(directory, 'tree');
  await bootstrap(tree, { suites: ['trixie'], packages: await packages() });
  await cp(join(CONTENTS, 'root'), tree, { recursive: true });
  await cp(join(CONTENTS, 'selinux'), join(tree, 'root', 'selinux'), { recursive: true });
  await runTool('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'tests', '-f', image.key]);
  await mkdir(join(tree, 'root', '.ssh'), { recursive: true });
  await cp(`${image.key}.pub`, join(tree, 'root', '.ssh', 'authorized_keys'));
  const input = await readFile(join(CONTENTS, 'set-up.sh'), 'utf8');
  // In a mount namespace of its own: what it mounts is gone when it ends, however that is.
  const inTree = ['--mount', '--propagation', 'private', 'chroot', tree, 'sh', '-eu'];
  await runTool('unshare', inTree, { input });
  await rename(join(tree, 'boot', 'kernel'), image.kernel);
  await rename(join(tree, 'boot', 'initrd'), image.initrd);
  await runTool('mkfs.ext4', ['-q', '-F', '-d', tree, image.root, '4G']);
  await rm(tree, { recursive: true });
}

async function packages(): Promise<readonly string[]> {
  const lines = (await readFile(join(CONTENTS, 'packages.txt'), 'utf8')).split('\n');
  return lines.filter((line) => !line.startsWith('#')).flatMap((line) => line.split(' ').filter(Boolean));
}

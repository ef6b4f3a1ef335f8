import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a machine boots: files in a directory that is kept between runs. */
export interface Image {
  /** Named by what the image is made of. */
  readonly directory: string;
  readonly kernel: string;
  readonly initrd: string;
  /** An ext4 file system, which nobody writes to. */
  readonly root: string;
  /** Private key of who may log in as root. */
  readonly key: string;
}

/** What an image is made of, but for the distribution's packages themselves. */
export const CONTENTS = fileURLToPath(new URL('contents', import.meta.url));
const BUILDER = fileURLToPath(new URL('build-image.ts', import.meta.url));

/** Where images are kept: outside of the clone, for they cost minutes to make and are the same for each. */
export const IMAGES = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'aws-eni', 'machines');

/** How the name of what is not finished begins. */
export const UNFINISHED = 'unfinished-';

/** The image that belongs to this state of the sources, whether or not it is there. */
export function currentImage(): Image {
  return imageIn(join(IMAGES, hashOf([...filesIn(CONTENTS), BUILDER])));
}

export function imageIn(directory: string): Image {
  const file = (name: string): string => join(directory, name);
  return {
    directory,
    kernel: file('vmlinuz'),
    initrd: file('initrd.img'),
    root: file('root.ext4'),
    key: file('key'),
  };
}

function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    hash.update(`${relative(CONTENTS, path)}\0`);
    hash.update(readFileSync(path));
    hash.update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keptUnder, nameOfContents } from '../../debian/kept-directory.ts';

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
const BUILDERS = ['build-image.ts', '../../debian/bootstrap.ts'].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
);

/** The image that belongs to this state of the sources, whether or not it is there. */
export function currentImage(): Image {
  return imageIn(join(keptUnder('machines'), nameOfContents([...filesIn(CONTENTS), ...BUILDERS])));
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

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

import { copyFile, readdir, utimes } from 'node:fs/promises';
import packageJson from '../../package.json' with { type: 'json' };
import { writeTar } from './write-tar.ts';
import { writeVendor } from './write-vendor.ts';

export interface SourcesOptions {
  readonly root: string;
  readonly scratch: string;
  readonly directory: string;
  /** The files that are the source, relative to `root`. */
  readonly tracked: readonly string[];
  /** In seconds since 1970. */
  readonly epoch: number;
}

/** What rpmbuild and the Open Build Service are given: spec, changes, and the two archives that the spec names. */
export async function writeSources(options: SourcesOptions): Promise<void> {
  const { root, scratch, directory, tracked, epoch } = options;
  const { name, version } = packageJson;
  const source = { from: root, names: tracked, epoch, prefix: `${name}-${version}/` };
  await writeTar({ ...source, file: `${directory}/${name}-${version}.tar.gz` });
  await writeVendor({ root, scratch, epoch, file: `${directory}/${name}-vendor-${version}.tar` });
  for (const file of [`${name}.spec`, `${name}.changes`, `${name}-rpmlintrc`]) {
    await copyFile(`${root}/packaging/${file}`, `${directory}/${file}`);
  }
  // The source package has their times.
  for (const file of await readdir(directory)) await utimes(`${directory}/${file}`, epoch, epoch);
}

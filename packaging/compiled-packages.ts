import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import normalize from 'normalize-package-data';
import { licenseIds } from './license-expression.ts';

/** An npm package of which at least one byte is in the executable. */
export interface CompiledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  readonly author?: string;
  readonly homepage?: string;
  readonly repository?: string;
  /** Of the package's archive, as `package-lock.json` has it, such as `sha512-…`. */
  readonly integrity: string;
  /** The texts of its licence files, sorted by their names; some packages have none. */
  readonly licenseTexts: readonly string[];
  /** The texts of its NOTICE files. */
  readonly noticeTexts: readonly string[];
}

/** What Bun writes with `--metafile`, as far as it is read here; the format is esbuild's. */
interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly integrity?: string }>>;
}

const PREFIX = 'node_modules/';
const LICENSE_FILE = /^(licen[cs]e|copying)([.-]|$)/i;
const NOTICE_FILE = /^notice([.-]|$)/i;

/**
 * The npm packages that are compiled in, by the metafile of the build, sorted by name and version. One that is in
 * the tree twice in the same version is one. `root` has `node_modules` and `package-lock.json`. Throws, naming the
 * package, where a licence, a version or an integrity hash is missing, or the licence is no SPDX expression.
 */
export async function compiledPackages(metafile: string, root: string): Promise<readonly CompiledPackage[]> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock;
  const found = new Map<string, CompiledPackage>();
  for (const directory of packageDirectories(JSON.parse(metafile) as Metafile)) {
    const one = await readPackage(root, directory, packages[directory]?.integrity);
    found.set(`${one.name}@${one.version}`, one);
  }
  return [...found.values()].sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

/** By code units: the same order wherever it is built. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Where the packages are that ended in an output, such as `node_modules/cliui/node_modules/string-width`. */
function packageDirectories({ outputs }: Metafile): readonly string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const paths = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  return [...new Set(paths.filter((path) => path.includes(PREFIX)).map(packageDirectory))].sort();
}

function packageDirectory(path: string): string {
  const start = path.lastIndexOf(PREFIX) + PREFIX.length;
  const [first = '', second = ''] = path.slice(start).split('/');
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  return path.slice(path.indexOf(PREFIX), start) + name;
}

async function readPackage(
  root: string,
  directory: string,
  integrity: string | undefined,
): Promise<CompiledPackage> {
  const path = join(root, directory);
  const data: normalize.Input = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
  const license: unknown = data['license'];
  // Fills in shorthands such as `owner/name` for a repository.
  normalize(data);
  const { name, version, author, homepage, repository } = data as normalize.Package;
  if (integrity === undefined) throw new Error(`package-lock.json has no integrity hash for ${directory}`);
  return {
    name,
    version,
    license: checkLicense(license, directory),
    ...(author?.name === undefined ? {} : { author: author.name }),
    ...(homepage === undefined ? {} : { homepage }),
    ...(repository === undefined ? {} : { repository: repository.url }),
    integrity,
    licenseTexts: await textsOf(path, LICENSE_FILE),
    noticeTexts: await textsOf(path, NOTICE_FILE),
  };
}

function checkLicense(license: unknown, directory: string): string {
  if (typeof license !== 'string') throw new Error(`package.json of ${directory} names no licence`);
  try {
    licenseIds(license);
  } catch (cause) {
    const what = `the licence '${license}' of ${directory} is no SPDX expression`;
    throw new Error(what, { cause });
  }
  return license;
}

async function textsOf(path: string, pattern: RegExp): Promise<readonly string[]> {
  const names = (await readdir(path)).filter((name) => pattern.test(name)).sort();
  return Promise.all(names.map((name) => readFile(join(path, name), 'utf8')));
}

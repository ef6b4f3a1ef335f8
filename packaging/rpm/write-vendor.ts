import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import packageJson from '../../package.json' with { type: 'json' };
import type { Lock, VendoredPackage } from './vendored-packages.ts';
import { vendoredPackages } from './vendored-packages.ts';
import { writeTar } from './write-tar.ts';

/** What the build needs besides what it compiles in. */
const BUILD_PACKAGES = [
  '@oven/bun-linux-x64',
  '@oven/bun-linux-aarch64',
  '@cyclonedx/cyclonedx-library',
  'execa',
  'normalize-package-data',
  'packageurl-js',
  'spdx-expression-parse',
  'spdx-license-list',
] as const;

export interface VendorOptions {
  readonly root: string;
  readonly scratch: string;
  readonly file: string;
  readonly epoch: number;
}

/**
 * A tar archive of the npm packages that the build needs, each as its registry (or npm's cache) has it, under
 * `vendor/` at the path of the lock file.
 * @throws {Error} for a package that is not what the lock file says
 */
export async function writeVendor({ root, scratch, file, epoch }: VendorOptions): Promise<void> {
  const lock = JSON.parse(await readFile(`${root}/package-lock.json`, 'utf8')) as Lock;
  const packages = vendoredPackages(lock, [...Object.keys(packageJson.dependencies), ...BUILD_PACKAGES]);
  const packed = `${scratch}/packed`;
  const directory = `${scratch}/vendor`;
  for (const one of [packed, directory]) await rm(one, { recursive: true, force: true });
  await mkdir(packed, { recursive: true });
  const specs = [...new Set(packages.map(({ name, version }) => `${name}@${version}`))];
  await execa('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', packed, ...specs], {
    cwd: scratch,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const one of packages) await place(one, packed, directory);
  await writeTar({ from: scratch, names: ['vendor'], file, epoch });
}

async function place(
  { path, name, version, integrity }: VendoredPackage,
  packed: string,
  directory: string,
): Promise<void> {
  const from = `${packed}/${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
  const [algorithm = '', expected] = integrity.split('-', 2);
  const digest = createHash(algorithm)
    .update(await readFile(from))
    .digest('base64');
  if (digest !== expected)
    throw new Error(`${name}@${version} is not what package-lock.json says: ${algorithm}-${digest}`);
  const to = `${directory}/${path}.tgz`;
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

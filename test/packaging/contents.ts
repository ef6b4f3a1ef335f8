import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import type { Contents } from '../../packaging/bill-of-materials.ts';
import { bunRuntime } from '../../packaging/bun-runtime.ts';
import { compiledPackages } from '../../packaging/compiled-packages.ts';

/** Of the clone. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the build put into `dist/aws-eni`. */
export async function realContents(): Promise<Contents> {
  return {
    version: packageJson.version,
    architecture: 'x86_64',
    timestamp: new Date(1_800_000_000_000),
    packages: await compiledPackages(await readFile(`${root}/dist/metafile.json`, 'utf8'), root),
    runtime: bunRuntime,
  };
}

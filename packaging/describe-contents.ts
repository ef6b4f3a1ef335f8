import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import packageJson from '../package.json' with { type: 'json' };
import type { Architecture, Contents } from './bill-of-materials.ts';
import { billOfMaterials } from './bill-of-materials.ts';
import { bunRuntime } from './bun-runtime.ts';
import { compiledPackages } from './compiled-packages.ts';
import { thirdPartyLicenses } from './third-party-licenses.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Of the sources: SOURCE_DATE_EPOCH, in seconds, or else the time of the last commit. */
async function sourceDate(): Promise<Date> {
  const given = process.env['SOURCE_DATE_EPOCH'];
  const seconds = given ?? (await commitSeconds());
  if (!/^\d+$/.test(seconds)) throw new Error(`SOURCE_DATE_EPOCH is '${seconds}', no number of seconds`);
  return new Date(Number(seconds) * 1000);
}

async function commitSeconds(): Promise<string> {
  const { stdout, failed } = await execa('git', ['log', '-1', '--format=%ct'], { cwd: root, reject: false });
  if (failed) throw new Error('there is no SOURCE_DATE_EPOCH and no git commit to take the time from');
  return stdout;
}

function isArchitecture(text: string | undefined): text is Architecture {
  return text === 'x86_64' || text === 'aarch64';
}

const [metafile, architecture, directory] = process.argv.slice(2);
if (metafile === undefined || !isArchitecture(architecture) || directory === undefined) {
  process.stderr.write('usage: bun packaging/describe-contents.ts METAFILE x86_64|aarch64 DIRECTORY\n');
  process.exit(2);
}
const compiledBy = process.versions['bun'];
if (compiledBy !== bunRuntime.version) {
  const listed = `the parts listed in packaging/bun-runtime.ts are those of Bun ${bunRuntime.version}`;
  throw new Error(`${listed}, and this is Bun ${compiledBy}: look up which parts it has`);
}
const contents: Contents = {
  version: packageJson.version,
  architecture,
  timestamp: await sourceDate(),
  packages: await compiledPackages(await readFile(metafile, 'utf8'), root),
  runtime: bunRuntime,
};
await mkdir(directory, { recursive: true });
await writeFile(join(directory, 'aws-eni.cdx.json'), billOfMaterials(contents));
await writeFile(join(directory, 'THIRD-PARTY-LICENSES'), thirdPartyLicenses(contents));

import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { rpmbuild } from './rpmbuild.ts';
import { writeSources } from './write-sources.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const output = `${root}/dist/rpm`;

const ARCHITECTURES = ['x86_64', 'aarch64'] as const;

/**
 * `npm run rpm`: the packages of both architectures, or of those named, the source package, and in `sources` what
 * the Open Build Service makes the same from.
 */
async function main(words: readonly string[]): Promise<void> {
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  const scratch = await mkdtemp('/var/tmp/aws-eni-rpm-');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      rmSync(scratch, { recursive: true, force: true });
      process.exit(1);
    });
  }
  try {
    await build(scratch, words.length === 0 ? ARCHITECTURES : words);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

async function build(scratch: string, architectures: readonly string[]): Promise<void> {
  const epoch = Number(await git('log', '-1', '--format=%ct'));
  const tracked = (await git('ls-files', '-z')).split('\0').filter((path) => path !== '');
  if ((await git('status', '--porcelain', '--untracked-files=no')) !== '') {
    say('some files differ from the last commit: the packages have them as they are, and its time');
  }
  const sources = `${scratch}/sources`;
  await mkdir(sources);
  await writeSources({ root, scratch, directory: sources, tracked, epoch });
  await rpmbuild(['-bs'], { scratch, epoch });
  for (const architecture of architectures) {
    await rpmbuild(['-bb', '--target', `${architecture}-linux`], { scratch, epoch });
  }
  await cp(sources, `${output}/sources`, { recursive: true });
  const built = (await readdir(scratch, { recursive: true })).filter((path) => path.endsWith('.rpm')).sort();
  for (const path of built) {
    await cp(`${scratch}/${path}`, `${output}/${basename(path)}`);
    say(`dist/rpm/${basename(path)}`);
  }
}

async function git(...words: readonly string[]): Promise<string> {
  return (await execa('git', words, { cwd: root })).stdout;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

await main(process.argv.slice(2));

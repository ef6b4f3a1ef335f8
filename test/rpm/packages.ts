import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import packageJson from '../../package.json' with { type: 'json' };

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export const architectures = ['x86_64', 'aarch64'] as const;
export type Architecture = (typeof architectures)[number];

/** What `npm run rpm` has made. */
export function packageFile(
  architecture: Architecture | 'src',
  version: string = packageJson.version,
  directory: string = `${projectRoot}/dist/rpm`,
): string {
  return `${directory}/aws-eni-${version}-0.${architecture}.rpm`;
}

/** The lines of rpm's answer about a package's file. */
export async function query(file: string, ...options: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await execa('rpm', ['--query', '--package', ...options, file]);
  return stdout.split('\n').filter((line) => line !== '');
}

export interface RpmAnswer {
  readonly exitCode: number | undefined;
  /** What rpm said, but for Debian's advice to use its own package manager. */
  readonly said: string;
}

/** rpm on a root of its own, which lacks what the package requires and has no need of it here. */
export async function rpmIn(root: string, ...words: readonly string[]): Promise<RpmAnswer> {
  const { exitCode, all } = await execa('rpm', ['--root', root, ...words], { all: true, reject: false });
  const lines = all.split('\n').filter((line) => !/^rpm: (?:RPM should not|However assuming)/.test(line));
  return { exitCode, said: lines.join('\n') };
}

/** @throws with what rpm said, where it does not go well */
export async function installIn(root: string, file: string): Promise<void> {
  const { exitCode, said } = await rpmIn(root, '--install', '--nodeps', '--ignorearch', file);
  if (exitCode !== 0 || said !== '') throw new Error(`rpm --install ${file}: exit code ${exitCode}: ${said}`);
}

/** A directory that anyone can look into, which is gone after `work`. */
export async function inScratchDirectory<R>(work: (directory: string) => Promise<R>): Promise<R> {
  const directory = await mkdtemp(`${tmpdir()}/aws-eni-rpm-`);
  try {
    await execa('chmod', ['755', directory]);
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

import { cp, rm } from 'node:fs/promises';
import { execa } from 'execa';
import { projectRoot } from './packages.ts';

/** The project's files as they are here, and its npm packages, with the same last commit, in another directory. */
export async function copyOfProject(directory: string): Promise<void> {
  await execa('git', ['clone', '--quiet', projectRoot, directory]);
  for (const path of await trackedIn(directory)) await rm(`${directory}/${path}`, { force: true });
  for (const path of await trackedIn(projectRoot)) await cp(`${projectRoot}/${path}`, `${directory}/${path}`);
  await execa('git', ['add', '--all'], { cwd: directory });
  // Not linked: npm in the copy must not reach the project's own.
  await execa('cp', ['--archive', '--reflink=auto', `${projectRoot}/node_modules`, directory]);
}

/** Makes packages of it, as `npm run rpm` does. */
export async function buildPackages(directory: string, ...architectures: readonly string[]): Promise<void> {
  await execa('bun', ['packaging/rpm/main.ts', ...architectures], {
    cwd: directory,
    preferLocal: true,
    localDir: directory,
    all: true,
  });
}

async function trackedIn(directory: string): Promise<readonly string[]> {
  const { stdout } = await execa('git', ['ls-files', '-z'], { cwd: directory });
  return stdout.split('\0').filter((path) => path !== '');
}

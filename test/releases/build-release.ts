import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bootstrap } from '../debian/bootstrap.ts';
import { keepDirectory } from '../debian/kept-directory.ts';
import { runTool } from '../debian/run-tool.ts';
import type { Release } from './releases.ts';
import { directoryOf, releases, rootIn } from './releases.ts';

/** Builds the root file system, unless it is there. @returns the version of its Pacemaker, as its package has it */
export async function buildRelease(release: Release, say: (what: string) => void): Promise<string> {
  const directory = directoryOf(release);
  if (!existsSync(directory))
    say(`building the root file system of ${release.name} (a minute or two; it is kept for the next run)`);
  await keepDirectory(directory, releases.length - 1, (unfinished) => build(release, unfinished));
  return versionIn(rootIn(directory));
}

/** Crmsh 5 asks systemd whether the cluster runs, and none runs on the tests' nodes. */
const SYSTEMCTL = `#!/bin/sh
case "$*" in
*is-active*)
  for unit; do :; done
  daemon=\${unit%.service}
  if [ "$daemon" = pacemaker ]; then daemon=pacemakerd; fi
  pidof "$daemon" > /run/systemctl.out && exit 0
  exit 3
  ;;
esac
echo "systemctl $*: no service manager runs here" >&2
exit 1
`;

async function build(release: Release, directory: string): Promise<void> {
  const { suites, packages, preferences, pacemaker } = release;
  const root = rootIn(directory);
  const file = join(directory, 'preferences');
  if (preferences !== undefined) await writeFile(file, preferences);
  const place = `install -D --mode=644 ${file} "$1/etc/apt/preferences.d/suites"`;
  await bootstrap(root, {
    suites,
    packages,
    options: [
      // What a distribution in the making promises is for a week.
      '--aptopt=Acquire::Check-Valid-Until "false"',
      ...(preferences === undefined ? [] : [`--setup-hook=${place}`]),
    ],
  });
  const systemctl = join(root, 'usr/local/sbin/systemctl');
  await mkdir(dirname(systemctl), { recursive: true });
  await writeFile(systemctl, SYSTEMCTL, { mode: 0o755 });
  const version = await versionIn(root);
  if (!(await isAtLeast(version, pacemaker.least)) || (await isAtLeast(version, pacemaker.below)))
    throw new Error(
      `Debian's ${suites.join(' and ')} have Pacemaker ${version}; ${release.name} is for ${pacemaker.least} up to ${pacemaker.below}, that one not included`,
    );
}

function versionIn(root: string): Promise<string> {
  return runTool('dpkg-query', [`--root=${root}`, '--show', `--showformat=\${Version}`, 'pacemaker']);
}

async function isAtLeast(version: string, least: string): Promise<boolean> {
  const script = 'dpkg --compare-versions "$1" ge "$2" && echo yes || echo no';
  return (await runTool('sh', ['-c', script, 'sh', version, least])).trim() === 'yes';
}

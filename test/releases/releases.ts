import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keptUnder, nameOfContents } from '../debian/kept-directory.ts';

/** A Pacemaker that this machine's distribution does not have, in a root file system of one that has. */
export interface Release {
  /** Of Pacemaker and crmsh. */
  readonly name: string;
  readonly suites: readonly [string, ...string[]];
  readonly packages: readonly string[];
  /** What must be in it, for the tests to mean anything. */
  readonly pacemaker: { readonly least: string; readonly below: string };
  /** Preferences of apt, where there are several suites. Source: apt_preferences(5). */
  readonly preferences?: string;
}

const EVERYWHERE = [
  'corosync',
  'crmsh',
  'curl',
  'iproute2',
  'nftables',
  'pacemaker',
  'pacemaker-cli-utils',
  'procps',
  'resource-agents',
];

export const releases: readonly Release[] = [
  {
    name: 'pacemaker-2.0',
    suites: ['bullseye'],
    packages: [...EVERYWHERE, 'fence-agents'],
    pacemaker: { least: '2.0.0', below: '2.1.0' },
  },
  {
    name: 'pacemaker-3.0',
    suites: ['trixie'],
    packages: [...EVERYWHERE, 'fence-agents-aws'],
    pacemaker: { least: '3.0.0', below: '3.0.2' },
  },
  {
    // The first one whose properties of fencing have other names.
    name: 'pacemaker-3.0.2',
    suites: ['forky', 'sid'],
    packages: [...EVERYWHERE, 'fence-agents-aws'],
    pacemaker: { least: '3.0.2', below: '4' },
    preferences: `Package: *
Pin: release n=sid
Pin-Priority: 100

Package: *pacemaker* libcib* libcrm* liblrmd* libpe-* libstonithd* crmsh
Pin: release n=sid
Pin-Priority: 990
`,
  },
];

const BUILDERS = ['releases.ts', 'build-release.ts', '../debian/bootstrap.ts'].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
);

/** Where the release is kept, whether or not it is there. */
export function directoryOf({ name }: Release): string {
  return join(keptUnder('releases'), `${name}-${nameOfContents(BUILDERS)}`);
}

/** Its root file system in that directory. */
export function rootIn(directory: string): string {
  return join(directory, 'root');
}

/** The release that AWS_ENI_RELEASE names, for the clusters of a test run; `undefined`: this machine's own Pacemaker. */
export function chosenRelease(): Release | undefined {
  const name = process.env['AWS_ENI_RELEASE'];
  if (name === undefined) return undefined;
  const found = releases.find((one) => one.name === name);
  if (found === undefined)
    throw new Error(`AWS_ENI_RELEASE=${name} is none of ${releases.map((one) => one.name).join(', ')}`);
  return found;
}

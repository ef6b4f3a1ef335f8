import { buildRelease } from './build-release.ts';
import { releases } from './releases.ts';

/** Builds the root file systems that are not there, and says what is in each. */
const say = (what: string): void => {
  process.stdout.write(`${what}\n`);
};
for (const release of releases) say(`${release.name}: Pacemaker ${await buildRelease(release, say)}`);

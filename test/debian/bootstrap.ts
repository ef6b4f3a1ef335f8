import { runTool } from './run-tool.ts';

export interface Bootstrap {
  /** Whose packages it has: the first one's, and of each further one what `preferences` say. */
  readonly suites: readonly [string, ...string[]];
  readonly packages: readonly string[];
  /** More options of mmdebstrap. */
  readonly options?: readonly string[];
}

/** Nothing that is tested reads them. */
const LEFT_OUT = ['man', 'doc', 'locale'];

/** A root file system of Debian's packages, with no more than these need, in a new directory. */
export async function bootstrap(
  directory: string,
  { suites, packages, options = [] }: Bootstrap,
): Promise<void> {
  const archive = await debianArchive();
  await runTool('mmdebstrap', [
    '--mode=root',
    '--variant=minbase',
    '--components=main',
    `--include=${packages.join(' ')}`,
    ...LEFT_OUT.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    ...options,
    suites[0],
    directory,
    ...suites.map((suite) => `deb ${archive} ${suite} main`),
  ]);
}

/** As this machine's apt has it. */
async function debianArchive(): Promise<string> {
  const args = ['indextargets', '--format', '$(SITE)', 'Created-By: Packages', 'Origin: Debian'];
  const [site] = (await runTool('apt-get', args)).split('\n').filter(Boolean);
  if (site === undefined)
    throw new Error(
      "apt knows no archive of Debian: run 'apt-get update', and look at /etc/apt/sources.list",
    );
  return site;
}

import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { packageFile, query } from './packages.ts';

/** Packages of a SLES that the package names, empty, in a repository together with it. */
const STUBS = ['coreutils', 'iproute2', 'util-linux', 'pacemaker', 'crmsh', 'cloud-netconfig-ec2'] as const;

const directory = await mkdtemp(`${tmpdir()}/aws-eni-zypper-`);
beforeAll(() => makeRepository(`${directory}/repository`));
afterAll(() => rm(directory, { recursive: true }));

async function makeRepository(repository: string): Promise<void> {
  await mkdir(repository);
  const libraries = (await query(packageFile('x86_64'), '--requires')).filter((one) =>
    /\.so\.\d+\(/.test(one),
  );
  const stub = (name: string, lines = ''): string =>
    `%package -n ${name}\nSummary: Stub\n${lines}\n%description -n ${name}\nStub.\n%files -n ${name}\n`;
  const provides = libraries.map((one) => `Provides: ${one}`).join('\n');
  const head = 'Name: stubs\nVersion: 1\nRelease: 1\nSummary: Stub\nLicense: MIT\n%description\nStub.\n';
  const spec = [head, ...STUBS.map((name) => stub(name)), stub('glibc', provides)].join('\n');
  await writeFile(`${repository}/stubs.spec`, spec);
  await execa('rpmbuild', ['-bb', '--define', `_topdir ${repository}/build`, `${repository}/stubs.spec`]);
  const built = await readdir(`${repository}/build/RPMS/x86_64`);
  for (const file of built) await cp(`${repository}/build/RPMS/x86_64/${file}`, `${repository}/${file}`);
  await cp(packageFile('x86_64'), `${repository}/${basename(packageFile('x86_64'))}`);
  await execa('createrepo_c', ['--quiet', repository]);
}

/** A system of its own, which knows the repository by the README's words. */
async function system(name: string): Promise<(...words: readonly string[]) => Promise<string>> {
  const root = `${directory}/${name}`;
  const zypper = async (...words: readonly string[]): Promise<string> => {
    const options = ['--root', root, '--non-interactive', '--no-gpg-checks', '--no-color'];
    const { stdout } = await execa('zypper', [...options, ...words], {
      env: { LC_ALL: 'C.UTF-8', COLUMNS: '200' },
    });
    return stdout;
  };
  await mkdir(root);
  await zypper('addrepo', '--refresh', `file://${directory}/repository`, 'aws-eni');
  return zypper;
}

/** What zypper says that it would install. */
function chosen(said: string): readonly string[] {
  const [, names = ''] = /NEW packages? (?:is|are) going to be installed:\n([\s\S]*?)\n\n/.exec(said) ?? [];
  return names.trim().split(/\s+/).toSorted();
}

test('from the repository, with what it requires and recommends', async () => {
  const zypper = await system('from-repository');
  expect(chosen(await zypper('install', 'aws-eni'))).toEqual(
    ['aws-eni', 'coreutils', 'crmsh', 'glibc', 'iproute2', 'pacemaker', 'util-linux'].toSorted(),
  );
  const { stdout } = await execa(`${directory}/from-repository/usr/lib/ocf/resource.d/custom/aws-eni`, [
    '--version',
  ]);
  expect(stdout).toBe(packageJson.version);
});

test('from a file', async () => {
  const zypper = await system('from-file');
  const said = await zypper('install', '--no-recommends', packageFile('x86_64'));
  expect(chosen(said)).toEqual(['aws-eni', 'coreutils', 'glibc', 'iproute2', 'util-linux']);
});

test('it comes by itself where Pacemaker and the network configuration of EC2 come together, and only there', async () => {
  const zypper = await system('supplemented');
  const would = async (...packages: readonly string[]) =>
    chosen(await zypper('install', '--dry-run', ...packages));
  expect(await would('pacemaker', 'cloud-netconfig-ec2')).toContain('aws-eni');
  expect(await would('pacemaker', 'crmsh')).not.toContain('aws-eni');
  expect(await would('cloud-netconfig-ec2', 'crmsh')).not.toContain('aws-eni');
});

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { buildPackages, copyOfProject } from './copy-of-project.ts';
import { inScratchDirectory, packageFile, projectRoot, query } from './packages.ts';

test('the same commit in another directory gives the same packages and sources, byte for byte', {
  timeout: 600_000,
}, async () => {
  await inScratchDirectory(async (scratch) => {
    const directory = `${scratch}/a-directory-with-a-longer-name/and another`;
    await copyOfProject(directory);
    await buildPackages(directory);
    const built = await digests(`${projectRoot}/dist/rpm`);
    // Two packages, the source package, and its five files.
    expect(Object.keys(built)).toHaveLength(8);
    expect(await digests(`${directory}/dist/rpm`)).toEqual(built);
  });
});

test('the source package builds by itself, as an ordinary user with nothing but rpmbuild, to the same files', async () => {
  await inScratchDirectory(async (scratch) => {
    const directory = `${scratch}/rebuild`;
    await execa('install', ['--directory', '--owner=nobody', directory]);
    const nobody = ['--reuid=nobody', '--regid=nogroup', '--clear-groups'];
    const bare = ['env', '--ignore-environment', 'PATH=/usr/bin:/bin', `HOME=${directory}`];
    const macros = {
      _topdir: directory,
      _defaultdocdir: '/usr/share/doc/packages',
      _binary_payload: 'w1.gzdio',
    };
    const defines = Object.entries(macros).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
    const rpmbuild = ['rpmbuild', '--rebuild', ...defines, packageFile('src')];
    await execa('unshare', ['--net', 'setpriv', ...nobody, ...bare, ...rpmbuild], { all: true });
    const contents = (file: string) => query(file, '--queryformat', '[%{FILENAMES} %{FILEDIGESTS}\n]');
    const rebuilt = packageFile('x86_64', packageJson.version, `${directory}/RPMS/x86_64`);
    expect(await contents(rebuilt)).toEqual(await contents(packageFile('x86_64')));
  });
});

async function digests(directory: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const pairs = files.map(async ({ name, parentPath }) => {
    const content = await readFile(`${parentPath}/${name}`);
    return [name, createHash('sha256').update(content).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

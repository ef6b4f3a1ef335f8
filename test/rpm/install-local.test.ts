import { lstat, readFile, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { copyOfProject } from './copy-of-project.ts';
import { inScratchDirectory, packageFile, projectRoot, query } from './packages.ts';

const install = `${projectRoot}/packaging/install.sh`;

/** Mode and name of every file and link, relative to `root`. */
async function filesIn(root: string): Promise<readonly string[]> {
  const { stdout } = await execa('find', [root, '!', '-type', 'd', '-printf', '%M /%P\n']);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();
}

test('install.sh puts the package’s files in place, and takes them away again', async () => {
  await inScratchDirectory(async (root) => {
    const env = { DESTDIR: root };
    await execa(install, [], { env });
    const packaged = await query(
      packageFile('x86_64'),
      '--queryformat',
      '[%{FILEMODES:perms} %{FILENAMES}\n]',
    );
    const expected = packaged
      .filter((line) => !line.startsWith('d'))
      .map((line) =>
        line
          .replace('/usr/share/doc/packages/', '/usr/local/share/doc/')
          .replace(/\/usr\/(sbin|share\/(?:man|bash-completion|zsh))/, '/usr/local/$1')
          // rpmbuild compresses manual pages.
          .replace(/\.([78])\.gz$/, '.$1'),
      );
    expect(await filesIn(root)).toEqual(expected.toSorted());
    const agent = `${root}/usr/lib/ocf/resource.d/custom/aws-eni`;
    const { stdout } = await execa(agent, ['meta-data'], { stripFinalNewline: false });
    expect(stdout).toBe(await readFile(`${projectRoot}/ocf/metadata.xml`, 'utf8'));

    // Twice is once; what others have put beside it stays.
    await execa(install, [], { env });
    await execa('touch', [`${root}/usr/lib/ocf/resource.d/custom/another`]);
    await execa(install, ['--uninstall'], { env });
    await execa(install, ['--uninstall'], { env });
    expect(await filesIn(root)).toEqual(['-rw-r--r-- /usr/lib/ocf/resource.d/custom/another']);
  });
});

test('npm run install-local builds and installs below a prefix', async () => {
  await inScratchDirectory(async (root) => {
    // It builds, and others use what is built here.
    await copyOfProject(`${root}/project`);
    const env = { OCF_ROOT: `${root}/ocf` };
    const options = { env, cwd: `${root}/project`, all: true } as const;
    await execa('npm', ['run', '--silent', 'install-local', '--', `${root}/opt`], options);
    const { stdout: version } = await execa(`${root}/ocf/resource.d/custom/aws-eni`, ['--version']);
    expect(version).toBe(packageJson.version);
    await execa('npm', ['run', '--silent', 'install-local', '--', '--uninstall', `${root}/opt`], options);
    for (const directory of ['opt', 'ocf']) expect(await filesIn(`${root}/${directory}`)).toEqual([]);
  });
});

test.each(['0', '0777'])(
  'under umask %s each directory and file has its mode, and no link is followed',
  async (umask) => {
    await inScratchDirectory(async (root) => {
      const page = `${root}/usr/local/share/man/man8/aws-eni.8`;
      await execa('install', ['-D', '-m', '600', '/dev/null', `${root}/precious`]);
      await execa('mkdir', ['-p', dirname(page)]);
      await symlink(`${root}/precious`, page);
      await execa('sh', ['-c', `umask ${umask}; exec "$0"`, install], { env: { DESTDIR: root } });
      const { stdout: modes } = await execa('find', [
        root,
        '-mindepth',
        '1',
        '-type',
        'd',
        '-printf',
        '%m\n',
      ]);
      expect(new Set(modes.split('\n'))).toEqual(new Set(['755']));
      const others = (await filesIn(root)).filter(
        (line) => !/^(?:-rw-r--r--|-rwxr-xr-x|lrwxrwxrwx) /.test(line),
      );
      expect(others).toEqual(['-rw------- /precious']);
      expect((await lstat(page)).isFile()).toBe(true);
      expect(await readFile(`${root}/precious`, 'utf8')).toBe('');
    });
  },
);

test('somebody else’s agent of that name is neither replaced nor taken away', async () => {
  await inScratchDirectory(async (root) => {
    const agent = `${root}/usr/lib/ocf/resource.d/custom/aws-eni`;
    await execa('install', ['-D', '/bin/true', agent]);
    const env = { DESTDIR: root };
    const { exitCode, stderr } = await execa(install, [], { env, reject: false });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `install.sh: ${agent} is somebody else's; take it away first`,
    });
    await execa(install, ['--uninstall'], { env });
    expect(await filesIn(root)).toEqual(['-rwxr-xr-x /usr/lib/ocf/resource.d/custom/aws-eni']);
  });
});

test('what it does not understand it refuses with its usage', async () => {
  const { exitCode, stderr } = await execa(install, ['--uninstal'], { reject: false });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('usage: install.sh');
});

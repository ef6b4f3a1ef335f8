import { appendFile, chmod, readFile, readlink } from 'node:fs/promises';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { architectures, inScratchDirectory, installIn, packageFile, query, rpmIn } from './packages.ts';

/** Mode, owner, group and name of all that the package has. */
const FILES = [
  'drwxr-xr-x root root /usr/lib/ocf',
  'drwxr-xr-x root root /usr/lib/ocf/resource.d',
  'drwxr-xr-x root root /usr/lib/ocf/resource.d/custom',
  'lrwxrwxrwx root root /usr/lib/ocf/resource.d/custom/aws-eni',
  '-rwxr-xr-x root root /usr/sbin/aws-eni',
  'drwxr-xr-x root root /usr/share/bash-completion',
  'drwxr-xr-x root root /usr/share/bash-completion/completions',
  '-rw-r--r-- root root /usr/share/bash-completion/completions/aws-eni',
  'drwxr-xr-x root root /usr/share/doc/packages/aws-eni',
  '-rw-r--r-- root root /usr/share/doc/packages/aws-eni/LICENSE',
  '-rw-r--r-- root root /usr/share/doc/packages/aws-eni/README.md',
  '-rw-r--r-- root root /usr/share/doc/packages/aws-eni/THIRD-PARTY-LICENSES',
  '-rw-r--r-- root root /usr/share/doc/packages/aws-eni/aws-eni.cdx.json',
  'drwxr-xr-x root root /usr/share/doc/packages/aws-eni/examples',
  '-rw-r--r-- root root /usr/share/doc/packages/aws-eni/examples/group.crm',
  '-rw-r--r-- root root /usr/share/doc/packages/aws-eni/examples/sap-ascs-ers.crm',
  '-rw-r--r-- root root /usr/share/doc/packages/aws-eni/examples/two-nodes.crm',
  '-rw-r--r-- root root /usr/share/man/man7/ocf_custom_aws-eni.7.gz',
  '-rw-r--r-- root root /usr/share/man/man8/aws-eni.8.gz',
  'drwxr-xr-x root root /usr/share/zsh',
  'drwxr-xr-x root root /usr/share/zsh/site-functions',
  '-rw-r--r-- root root /usr/share/zsh/site-functions/_aws-eni',
];

/** What the rpm 4.11 of SLES 12 can read. Source: rpm 4.11, lib/rpmds.c, rpmlibProvides. */
const OLD_RPM = ['CompressedFileNames', 'FileDigests', 'PayloadFilesHavePrefix'];

describe.each(architectures)('the package for %s', (architecture) => {
  const file = packageFile(architecture);

  test('has these files and no other', async () => {
    const listed = await query(
      file,
      '--queryformat',
      '[%{FILEMODES:perms} %{FILEUSERNAME} %{FILEGROUPNAME} %{FILENAMES}\n]',
    );
    expect(listed).toEqual(FILES);
  });

  test('runs nothing when it is installed or removed', async () => {
    expect(await query(file, '--scripts', '--triggers', '--filetriggers')).toEqual([]);
  });

  test('requires what the executable calls and its libraries, and nothing that SLES 12 lacks', async () => {
    const requires = await query(file, '--requires');
    const named = requires.filter((one) => !/^(?:lib|ld-linux).*\.so\.\d+\(/.test(one));
    expect(named.filter((one) => !one.startsWith('rpmlib('))).toEqual([
      'coreutils',
      'iproute2',
      'util-linux',
    ]);
    const features = named.flatMap((one) => /^rpmlib\((\w+)\)/.exec(one)?.[1] ?? []);
    expect(features.filter((one) => !OLD_RPM.includes(one))).toEqual([]);
    expect(features.length).toBeGreaterThan(0);
  });

  test('recommends and supplements', async () => {
    expect(await query(file, '--recommends')).toEqual(['crmsh', 'pacemaker']);
    expect(await query(file, '--supplements')).toEqual(['packageand(pacemaker:cloud-netconfig-ec2)']);
  });

  test('marks the licences, and says when and what was built without a word about the machine', async () => {
    const licences = await query(file, '--licensefiles');
    expect(licences.map((path) => path.split('/').at(-1))).toEqual(['LICENSE', 'THIRD-PARTY-LICENSES']);
    const { stdout: commitTime } = await execa('git', ['log', '-1', '--format=%ct']);
    const tags = '%{VERSION} %{BUILDTIME} %{BUILDHOST} %{PAYLOADCOMPRESSOR}';
    expect(await query(file, '--queryformat', tags)).toEqual([
      `${packageJson.version} ${commitTime} reproducible gzip`,
    ]);
    expect((await query(file, '--changelog')).join('\n')).toContain(`- Version ${packageJson.version}`);
  });
});

test('installed, it is as it was packed, and rpm notices what is not', async () => {
  await inScratchDirectory(async (root) => {
    await installIn(root, packageFile('x86_64'));
    const verify = async () => (await rpmIn(root, '--verify', '--nodeps', 'aws-eni')).said;
    expect(await verify()).toBe('');
    expect(await readlink(`${root}/usr/lib/ocf/resource.d/custom/aws-eni`)).toBe('../../../../sbin/aws-eni');

    await chmod(`${root}/usr/sbin/aws-eni`, 0o750);
    await appendFile(`${root}/usr/share/doc/packages/aws-eni/LICENSE`, 'and more');
    expect(await verify()).toMatch(
      /^\.M\.+\s+\/usr\/sbin\/aws-eni\nS\.5\S+\s+d? *l? *\/usr\/share\/doc\/packages\/aws-eni\/LICENSE$/,
    );

    expect(await rpmIn(root, '--erase', 'aws-eni')).toMatchObject({ exitCode: 0, said: '' });
    const { stdout: left } = await execa('find', [root, '-mindepth', '1', '-name', '*aws-eni*']);
    expect(left).toBe('');
  });
});

test('the agent answers from where Pacemaker looks, also to user nobody, and shows the committed meta-data', async () => {
  const committed = await readFile(new URL('../../ocf/metadata.xml', import.meta.url), 'utf8');
  await inScratchDirectory(async (root) => {
    await installIn(root, packageFile('x86_64'));
    const agent = `${root}/usr/lib/ocf/resource.d/custom/aws-eni`;
    const nobody = ['--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups', '--inh-caps=-all'];
    const { stdout, stderr } = await execa('/usr/bin/setpriv', [...nobody, agent, 'meta-data'], {
      env: {},
      extendEnv: false,
      cwd: '/',
      stripFinalNewline: false,
    });
    expect({ stdout, stderr }).toEqual({ stdout: committed, stderr: '' });
    const { stdout: version } = await execa(agent, ['--version']);
    expect(version).toBe(packageJson.version);
  });
});

test.each([
  ['man7/ocf_custom_aws-eni.7.gz', /^NAME\n +ocf_custom_aws-eni/m],
  ['man8/aws-eni.8.gz', /^NAME\n +aws-eni - /m],
])('the manual page %s in it can be read', async (file, begins) => {
  await inScratchDirectory(async (root) => {
    await installIn(root, packageFile('x86_64'));
    const { stdout } = await execa('man', ['--local-file', `${root}/usr/share/man/${file}`], {
      env: { MANWIDTH: '80', LC_ALL: 'C.UTF-8' },
    });
    expect(stdout).toMatch(begins);
  });
});

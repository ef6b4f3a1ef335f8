#!/usr/bin/env node
// Plain JavaScript: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const OLDEST_NODE = [20, 19];

/**
 * What is called, by package manager, and by what: `rpm` and the tests, the tests alone, those on machines alone, or those with
 * other versions alone; otherwise by all of them, demo and bench, too. A program that is there already needs no package.
 */
const PROGRAMS = [
  { program: 'ip', apt: 'iproute2', zypper: 'iproute2' },
  { program: 'nft', apt: 'nftables', zypper: 'nftables' },
  { program: 'unshare', apt: 'util-linux', zypper: 'util-linux' },
  { program: 'setpriv', apt: 'util-linux', zypper: 'util-linux' },
  { program: 'mount', apt: 'mount', zypper: 'util-linux' },
  { program: 'ps', apt: 'procps', zypper: 'procps' },
  { program: 'curl', apt: 'curl', zypper: 'curl' },
  { program: 'logger', apt: 'bsdutils', zypper: 'util-linux-systemd' },
  { program: 'corosync', apt: 'corosync', zypper: 'corosync' },
  { program: 'pacemakerd', apt: 'pacemaker', zypper: 'pacemaker' },
  { program: 'crm_mon', apt: 'pacemaker-cli-utils', zypper: 'pacemaker-cli' },
  { program: 'crm', apt: 'crmsh', zypper: 'crmsh' },
  { program: 'fence_aws', apt: 'fence-agents', zypper: 'fence-agents' },
  { program: 'xmllint', apt: 'libxml2-utils', zypper: 'libxml2-tools' },
  { program: 'groff', apt: 'groff-base', zypper: 'groff', by: 'test' },
  { program: 'man', apt: 'man-db', zypper: 'man', by: 'test' },
  { program: 'script', apt: 'bsdutils', zypper: 'util-linux', by: 'test' },
  { program: 'zsh', apt: 'zsh', zypper: 'zsh', by: 'test' },
  { program: 'rpmbuild', apt: 'rpm', zypper: 'rpm-build', by: 'rpm' },
  { program: 'readelf', apt: 'binutils', zypper: 'binutils', by: 'test' },
  { program: 'zypper', apt: 'zypper', zypper: 'zypper', by: 'test' },
  { program: 'createrepo_c', apt: 'createrepo-c', zypper: 'createrepo_c', by: 'test' },
  { file: '/lib/systemd/systemd-udevd', apt: 'udev', zypper: 'udev', by: 'test' },
  { program: 'bwrap', apt: 'bubblewrap', zypper: 'bubblewrap', by: 'test' },
  { program: 'perl', apt: 'perl-base', zypper: 'perl-base', by: 'test' },
  { program: 'rpmlint', apt: 'rpmlint', zypper: 'rpmlint', by: 'test' },
  { program: 'qemu-aarch64', apt: 'qemu-user', zypper: 'qemu-linux-user', by: 'test' },
  {
    file: '/usr/aarch64-linux-gnu/lib/libc.so.6',
    apt: 'libc6-arm64-cross',
    zypper: 'cross-aarch64-glibc-devel',
    by: 'test',
  },
  { file: '/usr/share/resource-agents/ra-api-1.dtd', apt: 'resource-agents', zypper: 'resource-agents' },
  { file: '/usr/share/pcs/data/ocf-1.1.rng', apt: 'pcs', zypper: 'pcs' },
  { program: 'qemu-system-x86_64', apt: 'qemu-system-x86', zypper: 'qemu-x86', by: 'machines' },
  { program: 'qemu-img', apt: 'qemu-utils', zypper: 'qemu-img', by: 'machines' },
  { program: 'mmdebstrap', apt: 'mmdebstrap', zypper: 'mmdebstrap', by: 'machines' },
  { program: 'mmdebstrap', apt: 'mmdebstrap', zypper: 'mmdebstrap', by: 'versions' },
  { program: 'mkfs.ext4', apt: 'e2fsprogs', zypper: 'e2fsprogs', by: 'machines' },
  { program: 'ssh', apt: 'openssh-client', zypper: 'openssh-clients', by: 'machines' },
];

/** Ends with one line that says what is needed. */
function giveUp(message) {
  process.stderr.write(`aws-eni: ${message}\n`);
  process.exit(1);
}

function say(message) {
  process.stdout.write(`aws-eni: ${message}\n`);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST_NODE;
  if (major < oldMajor || (major === oldMajor && minor < oldMinor)) {
    giveUp(`needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}`);
  }
}

function isThere({ program, file }) {
  if (file !== undefined) return existsSync(file);
  return ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((directory) =>
    existsSync(`${directory}/${program}`),
  );
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    ...options,
  });
  if (error !== undefined || status !== 0) {
    giveUp(`'${command} ${args.join(' ')}' failed (${error?.message ?? `exit code ${status}`}); see above`);
  }
}

function isNeeded({ by }, purpose) {
  if (purpose === 'test') return by === undefined || by === 'test' || by === 'rpm';
  if (purpose === 'rpm') return by === 'rpm';
  return by === undefined || by === purpose;
}

function installSystemPackages(purpose) {
  const missing = PROGRAMS.filter((one) => isNeeded(one, purpose) && !isThere(one));
  const isApt = existsSync('/usr/bin/apt-get');
  const packages = [...new Set(missing.map((one) => (isApt ? one.apt : one.zypper)))];
  if (process.getuid() !== 0) {
    const also = packages.length > 0 ? `, also to install ${packages.join(' ')}` : '';
    giveUp(`needs root for namespaces${also}: run it again as root, e.g. with sudo`);
  }
  if (packages.length === 0) return;
  say(`installing ${packages.join(' ')}`);
  if (isApt) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    run('apt-get', ['update', '-qq'], { env });
    withoutStartingServices(() => {
      run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
    });
  } else if (existsSync('/usr/bin/zypper')) {
    run('zypper', ['--non-interactive', '--quiet', 'install', '--no-recommends', ...packages]);
  } else {
    giveUp(`needs ${packages.join(' ')}, and knows neither apt-get nor zypper here: install them by hand`);
  }
}

/**
 * Debian starts what it installs, and this machine is not to become a cluster node. Where it has no policy of its
 * own, one that forbids it is there meanwhile. Source: invoke-rc.d(8).
 */
function withoutStartingServices(install) {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) {
    install();
    return;
  }
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const remove = () => rmSync(policy, { force: true });
  // `giveUp` ends the process without coming back here.
  process.once('exit', remove);
  install();
  process.off('exit', remove);
  remove();
}

/** No package's own scripts: what they fetch has no hash in the lock file, and they would run as root. */
const INSTALL = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/** The stamp tells whether node_modules was made from this very lock file, and so. */
function installNpmPackages() {
  const stamp = `${root}/node_modules/.aws-eni-lock`;
  const lock = createHash('sha256')
    .update(readFileSync(`${root}/package-lock.json`))
    .update(INSTALL.join(' '))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing npm packages from the lock file');
  run('npm', INSTALL);
  linkRuntime();
  writeFileSync(stamp, lock);
}

/**
 * The runtime is a package of its own, which npm leaves out without a word where it is not the one of the lock file; the script
 * of Bun's main package would then fetch another.
 */
function linkRuntime() {
  const name = `@oven/bun-linux-${process.arch === 'arm64' ? 'aarch64' : 'x64'}`;
  if (!existsSync(`${root}/node_modules/${name}/bin/bun`)) {
    giveUp(
      `npm did not install ${name} as the lock file has it: the registry has none, or another one; look at 'npm config get registry'`,
    );
  }
  const link = `${root}/node_modules/.bin/bun`;
  rmSync(link, { force: true });
  symlinkSync(`../${name}/bin/bun`, link);
}

/** `npm` needs no package of the distribution; `demo`, `machines`, `rpm`, `test` and `versions` do. */
const [purpose = 'test'] = process.argv.slice(2);
checkNode();
if (purpose !== 'npm') installSystemPackages(purpose);
installNpmPackages();

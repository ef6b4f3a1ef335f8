import type { PrivateDirectory } from '../sandbox-options.ts';
import type { RootFileSystem } from './root-file-system.ts';
import { enterRootFileSystem } from './root-file-system.ts';

export interface Holder {
  readonly hostname: string;
  /** Directory of this machine that plays the machine's disk. */
  readonly disk: string;
  readonly root?: RootFileSystem | undefined;
  readonly directories: readonly PrivateDirectory[];
  readonly rpFilter: number;
}

/** Private in each machine. /etc/iproute2 is where tables get their names, and the agent under test writes there. */
export const USUAL_DIRECTORIES: readonly PrivateDirectory[] = [
  { path: '/run', kept: 'memory' },
  { path: '/var/log', kept: 'memory' },
  { path: '/dev/shm', kept: 'memory', mode: '1777' },
  { path: '/etc/iproute2', kept: 'disk' },
  // Debian's corosync brings a configuration, and so makes a cluster's node of every machine that has it.
  { path: '/etc/corosync', kept: 'memory' },
  // What start and stop did.
  { path: '/var/lib/aws-eni', kept: 'disk' },
];

/** What the machine's first process does, in namespaces of its own: prepares them, says `ready`, and then only reaps. */
export function holderScript({ hostname, disk, root, directories, rpFilter }: Holder): string {
  return [
    'set -eu',
    'mount -t sysfs sysfs /sys',
    `disk=${disk}`,
    ...(root === undefined ? [PLACING] : [...enterRootFileSystem(root), 'place() { mkdir -p "$1"; }']),
    // Where newer versions of iproute2 have their files, and this machine may have none.
    ...(root === undefined ? ['overlay /usr/share'] : []),
    ...directories.map(({ path }) => `place ${path}`).toSorted(),
    ...directories.flatMap((directory) => mounts(disk, directory)),
    'mkdir -p /run/lock',
    `hostname ${hostname}`,
    ...['all', 'default'].map((scope) => `echo ${rpFilter} > /proc/sys/net/ipv4/conf/${scope}/rp_filter`),
    'ip link set lo up',
    'echo ready',
    'exec > /dev/null 2>&1',
    // Not sleep itself: the first process takes in orphans, which a sleep would leave as zombies.
    "exec env -i sh -c 'sleep infinity & wait'",
  ].join('\n');
}

/**
 * `place DIRECTORY` makes a mount point. Where this machine lacks it, it is made in an overlay on the nearest
 * directory above, which nobody else sees.
 */
const PLACING = `
overlaid=''
overlay() {
  mkdir -p "$disk/overlay$1" "$disk/overlay-work$1"
  mount -t overlay overlay -o "lowerdir=$1,upperdir=$disk/overlay$1,workdir=$disk/overlay-work$1" "$1"
  overlaid="$overlaid $1"
}
place() {
  if [ -d "$1" ]; then return; fi
  above=\${1%/*}
  while [ ! -d "$above" ]; do above=\${above%/*}; done
  for one in $overlaid; do
    case "$above/" in "$one/"*) mkdir -p "$1"; return ;; esac
  done
  overlay "$above"
  mkdir -p "$1"
}`;

function mounts(disk: string, { path, kept, mode = '755' }: PrivateDirectory): readonly string[] {
  if (kept === 'memory') return [`mount -t tmpfs -o mode=${mode} tmpfs ${path}`];
  const own = `${disk}${path}`;
  return [
    `if [ ! -d ${own} ]; then mkdir -p ${own}; cp -a ${path}/. ${own}; fi`,
    `mount --bind ${own} ${path}`,
  ];
}

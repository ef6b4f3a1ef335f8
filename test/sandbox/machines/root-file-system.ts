import { fileURLToPath } from 'node:url';

/** A root file system in place of this machine's. */
export interface RootFileSystem {
  /** Nothing is written to it. */
  readonly directory: string;
  /** Directories of this machine that are seen in it, too, under the same paths. */
  readonly shared: Readonly<Record<string, 'read-only' | 'writable'>>;
}

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** In it there are the project, which it may not change, and what belongs to the sandbox. */
export function rootFileSystem(directory: string, ofSandbox: readonly string[]): RootFileSystem {
  const shared = ofSandbox.map((path) => [path, 'writable'] as const);
  return { directory, shared: { [PROJECT]: 'read-only', ...Object.fromEntries(shared) } };
}

/**
 * Shell commands that have a mount namespace begin at the root file system: by pivot_root, for what a chroot hides, unshare
 * and nsenter do not find. What is written there goes below `$disk`.
 */
export function enterRootFileSystem({ directory, shared }: RootFileSystem): readonly string[] {
  return [
    'new=$disk/root-merged',
    'mkdir -p "$disk/root" "$disk/root-work" "$new"',
    `mount -t overlay overlay -o "lowerdir=${directory},upperdir=$disk/root,workdir=$disk/root-work" "$new"`,
    ...['/dev', '/proc', '/sys'].map((path) => `mount --rbind ${path} "$new${path}"`),
    ...Object.entries(shared).flatMap(([path, access]) => [
      `mkdir -p "$new${path}"`,
      `mount --bind "${path}" "$new${path}"`,
      ...(access === 'writable' ? [] : [`mount -o remount,bind,ro "$new${path}"`]),
    ]),
    'mkdir -p "$new/run/left"',
    'cd "$new"',
    'pivot_root . run/left',
    'cd /',
    'umount --lazy /run/left',
  ];
}

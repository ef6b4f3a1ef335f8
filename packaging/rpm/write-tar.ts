import { execa } from 'execa';

export interface TarOptions {
  /** The directory that names are relative to. */
  readonly from: string;
  readonly names: readonly string[];
  /** What is written; compressed if it ends in .gz. */
  readonly file: string;
  /** Time of every file in it, in seconds since 1970. */
  readonly epoch: number;
  /** Put before each name. */
  readonly prefix?: string;
}

/** A tar archive whose bytes depend on the files' names, contents and executable bits, and on nothing else. */
export async function writeTar({ from, names, file, epoch, prefix = '' }: TarOptions): Promise<void> {
  const options = [
    '--sort=name',
    `--mtime=@${epoch}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u+rwX,go+rX,go-w',
    '--format=gnu',
    // GNU tar's own compression would record the time.
    ...(file.endsWith('.gz') ? ['--use-compress-program=gzip -n'] : []),
    `--transform=s,^,${prefix},`,
  ];
  await execa('tar', [...options, '--null', '--verbatim-files-from', '--files-from=-', '-cf', file], {
    cwd: from,
    input: names.map((name) => `${name}\0`).join(''),
    stdout: 'ignore',
    stderr: 'inherit',
  });
}

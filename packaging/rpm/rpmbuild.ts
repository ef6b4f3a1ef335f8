import { readFile, utimes, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import packageJson from '../../package.json' with { type: 'json' };
import { rpmChangelog } from './rpm-changelog.ts';

export interface RpmbuildOptions {
  /** Has `sources`, and gets what rpmbuild makes. */
  readonly scratch: string;
  /** In seconds since 1970: the time of the build, as far as the package tells. */
  readonly epoch: number;
}

/** Where SUSE's macros are not: those of them that name a place in the package, which is for SLES. */
const SUSE_MACROS = { _defaultdocdir: '%{_datadir}/doc/packages' } as const;

/** Where the build sees `scratch`: the source package has the names of the build's directories in its header. */
const TOP = '/mnt';

/** In a mount namespace of its own, and in one without a network, as the build in the Open Build Service. */
const alone = ['unshare', '--net', '--mount', 'sh', '-ec', `mount --bind "$0" ${TOP} && exec "$@"`] as const;

/** @throws {Error} with all that rpmbuild printed */
export async function rpmbuild(words: readonly string[], { scratch, epoch }: RpmbuildOptions): Promise<void> {
  const { name } = packageJson;
  const spec = `${scratch}/${name}.spec`;
  const sources = `${scratch}/sources`;
  const changelog = rpmChangelog(await readFile(`${sources}/${name}.changes`, 'utf8'));
  await writeFile(spec, (await readFile(`${sources}/${name}.spec`, 'utf8')) + changelog);
  await utimes(spec, epoch, epoch);
  const isSuse = (await execa('rpm', ['--eval', '%{?suse_version}'])).stdout !== '';
  const macros = {
    _topdir: TOP,
    _sourcedir: `${TOP}/sources`,
    // The rpm of SLES 12 reads neither zstd nor what was made with it.
    _binary_payload: 'w6.gzdio',
    // Compressed already, most of it.
    _source_payload: 'w1.gzdio',
    _buildhost: 'reproducible',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
    source_date_epoch_from_changelog: '0',
    ...(isSuse ? {} : SUSE_MACROS),
  };
  const defines = Object.entries(macros).flatMap(([macro, value]) => ['--define', `${macro} ${value}`]);
  const [command, ...wrapper] = alone;
  const rpmbuild = ['rpmbuild', ...words, ...defines, `${TOP}/${name}.spec`];
  const { all, exitCode } = await execa(command, [...wrapper, scratch, ...rpmbuild], {
    env: { SOURCE_DATE_EPOCH: String(epoch) },
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  if (exitCode !== 0)
    throw new Error(`rpmbuild ${words.join(' ')} failed with exit code ${exitCode}:\n${all}`);
}

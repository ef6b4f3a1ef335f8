import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { Architecture } from './packages.ts';
import { inScratchDirectory, installIn, packageFile, query } from './packages.ts';

/** That of SLES 12. */
const OLDEST_GLIBC = '2.17';

const loaders: Readonly<Record<Architecture, string>> = {
  x86_64: 'ld-linux-x86-64.so.2',
  aarch64: 'ld-linux-aarch64.so.1',
};

test.each(Object.entries(loaders))(
  'for %s, glibc 2.17 has every symbol that the executable asks for, and no other library is asked',
  async (architecture, loader) => {
    const file = packageFile(architecture as Architecture);
    await inScratchDirectory(async (root) => {
      await installIn(root, file);
      const { stdout } = await execa('readelf', [
        '--wide',
        '--version-info',
        '--dynamic',
        `${root}/usr/sbin/aws-eni`,
      ]);
      const versions = [...stdout.matchAll(/Name: (\w+_[\d.]+) /g)].map(([, name = '']) => name);
      expect(versions.length).toBeGreaterThan(0);
      expect(versions.filter((name) => !/^GLIBC_[\d.]+$/.test(name) || isNewer(name))).toEqual([]);
      const libraries = [...stdout.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name]) => name);
      expect(libraries.toSorted()).toEqual(
        [loader, 'libc.so.6', 'libdl.so.2', 'libm.so.6', 'libpthread.so.0'].toSorted(),
      );
    });
    const required = (await query(file, '--requires')).flatMap(
      (one) => /\((GLIBC_[\d.]+)\)/.exec(one)?.[1] ?? [],
    );
    expect(required).toContain(`GLIBC_${OLDEST_GLIBC}`);
    expect(required.filter(isNewer)).toEqual([]);
  },
);

test('a newer symbol would be noticed', () => {
  expect(['GLIBC_2.2.5', 'GLIBC_2.17', 'GLIBC_2.18', 'GLIBC_2.4', 'GLIBC_3.0'].filter(isNewer)).toEqual([
    'GLIBC_2.18',
    'GLIBC_3.0',
  ]);
});

function isNewer(name: string): boolean {
  const numbers = (text: string): readonly number[] => text.split('.').map(Number);
  const [major = 0, minor = 0] = numbers(name.replace('GLIBC_', ''));
  const [oldMajor = 0, oldMinor = 0] = numbers(OLDEST_GLIBC);
  return major > oldMajor || (major === oldMajor && minor > oldMinor);
}

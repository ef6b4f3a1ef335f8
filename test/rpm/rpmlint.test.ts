import { readFile, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { architectures, inScratchDirectory, packageFile, projectRoot } from './packages.ts';

const rc = `${projectRoot}/packaging/aws-eni-rpmlintrc`;

async function rpmlint(rcFile: string): Promise<string> {
  const files = [...architectures, 'src' as const].map((architecture) => packageFile(architecture));
  const config = `${projectRoot}/packaging/rpmlint.toml`;
  const { stdout } = await execa(
    'rpmlint',
    ['--config', config, '--rpmlintrc', rcFile, ...files, `${projectRoot}/packaging/aws-eni.spec`],
    { reject: false, env: { LC_ALL: 'C.UTF-8' } },
  );
  return stdout;
}

test('rpmlint has nothing to say of the packages and the spec', async () => {
  const said = await rpmlint(rc);
  expect(said.split('\n').filter((line) => /: [EW]: /.test(line))).toEqual([]);
  expect(said).toContain('3 packages and 1 specfiles checked; 0 errors, 0 warnings');
});

test('each filter has its reason, and without filters rpmlint does speak', async () => {
  const lines = (await readFile(rc, 'utf8')).split('\n');
  const filters = lines.flatMap((line, at) => (line.startsWith('addFilter(') ? [at] : []));
  expect(filters.length).toBeGreaterThan(0);
  // Filters with one reason stand together below it.
  expect(filters.filter((at) => !/^(?:# |addFilter\()/.test(lines[at - 1] ?? ''))).toEqual([]);
  await inScratchDirectory(async (scratch) => {
    await writeFile(`${scratch}/rc`, '');
    expect(await rpmlint(`${scratch}/rc`)).toMatch(/W: unstripped-binary-or-object \/usr\/sbin\/aws-eni/);
  });
});

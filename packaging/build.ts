import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Compiles the executable. Split, so that a monitor does not load the program of the EC2 client along with its own
 * (7 of 11 ms of a bare start, measured); `module` before `main`, or nothing of the packages is shaken out; no
 * `.env` and no `bunfig.toml` of the working directory, which is whatever Pacemaker has.
 */
const options = [
  '--compile',
  '--bytecode',
  '--splitting',
  '--minify',
  '--format=esm',
  '--main-fields=module',
  '--main-fields=main',
  '--no-compile-autoload-dotenv',
  '--no-compile-autoload-bunfig',
  '--target=bun-linux-x64',
  '--metafile=dist/metafile.json',
];

await mkdir(`${root}/dist`, { recursive: true });
await execa(process.execPath, ['build', ...options, 'src/main.ts', '--outfile', 'dist/aws-eni'], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
});

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));

/** By rpm's names for the architectures: Bun's names, and where npm puts Bun's executable. */
const TARGETS = {
  x86_64: { bun: 'x64', runtime: 'node_modules/@oven/bun-linux-x64/bin/bun' },
  aarch64: { bun: 'arm64', runtime: 'node_modules/@oven/bun-linux-aarch64/bin/bun' },
} as const;

function isArchitecture(text: string): text is keyof typeof TARGETS {
  return text in TARGETS;
}

const own = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const architecture = process.argv[2] ?? own;
if (!isArchitecture(architecture)) {
  throw new Error(
    `there is no Bun for Linux on ${architecture}; use one of ${Object.keys(TARGETS).join(', ')}`,
  );
}
const target = TARGETS[architecture];

/**
 * Compiles the executable. Split, so that a monitor does not load the program of the EC2 client along with its own
 * (7 of 11 ms of a bare start, measured); `module` before `main`, or nothing of the packages is shaken out; no
 * `.env` and no `bunfig.toml` of the working directory, which is whatever Pacemaker has. The runtime that is put
 * before it is named, or Bun would fetch that of another architecture by itself.
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
  `--target=bun-linux-${target.bun}`,
  `--compile-executable-path=${architecture === own ? process.execPath : root + target.runtime}`,
  '--metafile=dist/metafile.json',
];

async function bun(...words: readonly string[]): Promise<void> {
  await execa(process.execPath, words, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}

await mkdir(`${root}dist`, { recursive: true });
await bun('build', ...options, 'src/main.ts', '--outfile', 'dist/aws-eni');
await bun('packaging/describe-contents.ts', 'dist/metafile.json', architecture, 'dist');

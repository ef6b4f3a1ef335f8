import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

const setup = fileURLToPath(new URL('../../packaging/setup.mjs', import.meta.url));
const RUNTIME = `@oven/bun-linux-${process.arch === 'arm64' ? 'aarch64' : 'x64'}`;
const VERSION = '1.0.0';

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'aws-eni-setup-'));
});
afterEach(() => rm(scratch, { recursive: true }));

/** A package as registries serve it. */
async function pack(manifest: object, files: Readonly<Record<string, string>>): Promise<Buffer> {
  const directory = await mkdtemp(join(scratch, 'package-'));
  await mkdir(`${directory}/package/bin`, { recursive: true });
  await writeFile(`${directory}/package/package.json`, JSON.stringify({ version: VERSION, ...manifest }));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(`${directory}/package/${name}`, text, { mode: 0o755 });
  }
  await execa('tar', ['czf', `${directory}/package.tgz`, '-C', directory, 'package']);
  return readFile(`${directory}/package.tgz`);
}

const integrityOf = (tarball: Buffer): string =>
  `sha512-${createHash('sha512').update(tarball).digest('base64')}`;

/** A registry that serves these and nothing else while `work` runs. */
async function withRegistry(
  tarballs: Readonly<Record<string, Buffer>>,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer(({ url = '' }, response) => {
    const path = decodeURIComponent(url).slice(1);
    const tarball = tarballs[path.replace(/\.tgz$/, '')];
    if (tarball === undefined) response.writeHead(404).end();
    else if (path.endsWith('.tgz')) response.end(tarball);
    else {
      const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const dist = { tarball: `${host}/${path}.tgz`, integrity: integrityOf(tarball) };
      response.end(
        JSON.stringify({ name: path, versions: { [VERSION]: { name: path, version: VERSION, dist } } }),
      );
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** A project whose lock file has these, set up from that registry. */
async function setUp(
  locked: { readonly bun: Buffer; readonly runtime: Buffer },
  registry: string,
): Promise<{
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly says: () => Promise<string>;
}> {
  const project = join(scratch, 'project');
  await mkdir(`${project}/packaging`, { recursive: true });
  await cp(setup, `${project}/packaging/setup.mjs`);
  const root = { name: 'project', version: VERSION, devDependencies: { bun: VERSION } };
  await writeFile(`${project}/package.json`, JSON.stringify(root));
  const packages = {
    '': root,
    'node_modules/bun': {
      version: VERSION,
      integrity: integrityOf(locked.bun),
      dev: true,
      hasInstallScript: true,
      bin: { bun: 'bin/bun.exe' },
      optionalDependencies: { [RUNTIME]: VERSION },
    },
    [`node_modules/${RUNTIME}`]: {
      version: VERSION,
      integrity: integrityOf(locked.runtime),
      dev: true,
      optional: true,
    },
  };
  await writeFile(
    `${project}/package-lock.json`,
    JSON.stringify({ name: 'project', version: VERSION, lockfileVersion: 3, requires: true, packages }),
  );
  const { exitCode, stderr } = await execa('node', [`${project}/packaging/setup.mjs`, 'npm'], {
    reject: false,
    env: {
      npm_config_registry: registry,
      npm_config_cache: join(scratch, 'cache'),
      npm_config_fetch_retries: '0',
      PWNED: join(scratch, 'pwned'),
    },
  });
  const says = async (): Promise<string> => (await execa(`${project}/node_modules/.bin/bun`)).stdout;
  return { exitCode, stderr, says };
}

const bunPackage = (): Promise<Buffer> =>
  pack(
    {
      name: 'bun',
      bin: { bun: 'bin/bun.exe' },
      scripts: { postinstall: 'touch "$PWNED"' },
      optionalDependencies: { [RUNTIME]: VERSION },
    },
    { 'bin/bun.exe': '#!/bin/sh\necho a placeholder\n' },
  );
const runtimePackage = (word: string): Promise<Buffer> =>
  pack({ name: RUNTIME }, { 'bin/bun': `#!/bin/sh\necho ${word}\n` });
const wasPwned = async (): Promise<boolean> =>
  !(await execa('test', ['-e', join(scratch, 'pwned')], { reject: false })).failed;

test('what is called is the runtime of the lock file, and no package runs a script', async () => {
  const [bun, runtime] = await Promise.all([bunPackage(), runtimePackage('the one of the lock')]);
  await withRegistry({ bun, [RUNTIME]: runtime }, async (registry) => {
    const { exitCode, stderr, says } = await setUp({ bun, runtime }, registry);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(await says()).toBe('the one of the lock');
    expect(await wasPwned()).toBe(false);
  });
});

test.each(['another runtime', 'no runtime'])(
  'a registry that has %s ends it, before anything of it runs',
  async (what) => {
    const [bun, runtime, other] = await Promise.all([
      bunPackage(),
      runtimePackage('right'),
      runtimePackage('wrong'),
    ]);
    const served = what === 'no runtime' ? { bun } : { bun, [RUNTIME]: other };
    await withRegistry(served, async (registry) => {
      const { exitCode, stderr } = await setUp({ bun, runtime }, registry);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`npm did not install ${RUNTIME} as the lock file has it`);
      expect(await wasPwned()).toBe(false);
    });
  },
);

import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { callAgent, eniId } from '../scenarios/agent.ts';
import { scenario } from '../scenarios/scenario.ts';
import { inScratchDirectory, installIn, packageFile } from './packages.ts';

/** Debian's place for the libraries of that architecture. */
const LIBRARIES = '/usr/aarch64-linux-gnu';

scenario('the executable for aarch64 answers under an emulated processor', async ({ sandbox }) => {
  await inScratchDirectory(async (root) => {
    await installIn(root, packageFile('aarch64'));
    const { stdout: kind } = await execa('readelf', ['--file-header', `${root}/usr/sbin/aws-eni`]);
    expect(kind).toMatch(/Machine: +AArch64/);
    const { a } = sandbox.nodes;
    const agent = `${root}/emulated`;
    await execa('sh', [
      '-ec',
      `printf '%s\\n' "$1" > "$2" && chmod 755 "$2"`,
      'sh',
      // Emulated, the agent's own work takes as long as it waits for others: it has the processor whenever it wants.
      `#!/bin/sh\nexec nice -n -15 qemu-aarch64 -L ${LIBRARIES} ${root}/usr/sbin/aws-eni "$@"`,
      agent,
    ]);
    const { stdout: version } = await a.exec(agent, ['--version']);
    expect(version.trim()).toBe(packageJson.version);

    const metadata = await callAgent(sandbox, a, 'meta-data', { agent });
    expect(metadata.exitCode).toBe(0);
    const committed = await readFile(new URL('../../ocf/metadata.xml', import.meta.url), 'utf8');
    expect(metadata.stdout.trim()).toBe(committed.trim());

    // With EC2 and the metadata service, and so with all that is loaded for them.
    const deep = { OCF_CHECK_LEVEL: '10' };
    expect(await callAgent(sandbox, a, 'validate-all', { agent, environment: deep })).toMatchObject({
      exitCode: 0,
      reason: '',
    });
    const wrong = { parameters: { eni_id: eniId, rule_priority: '0' } };
    expect((await callAgent(sandbox, a, 'validate-all', { agent, ...wrong })).exitCode).toBe(6);
    expect(await callAgent(sandbox, a, 'monitor', { agent })).toMatchObject({ exitCode: 7 });
    expect(await callAgent(sandbox, a, 'start', { agent })).toMatchObject({ exitCode: 0, reason: '' });
    expect(await callAgent(sandbox, a, 'monitor', { agent })).toMatchObject({ exitCode: 0, reason: '' });
    expect(await callAgent(sandbox, a, 'stop', { agent })).toMatchObject({ exitCode: 0, reason: '' });
  });
});

test('the executable for x86_64 does without AVX, as the processors of EC2’s first types', async () => {
  await inScratchDirectory(async (root) => {
    await installIn(root, packageFile('x86_64'));
    const agent = `${root}/usr/sbin/aws-eni`;
    const run = (word: string) =>
      execa('qemu-x86_64', ['-cpu', 'Nehalem', agent, word], { stripFinalNewline: false });
    expect((await run('--version')).stdout).toBe(`${packageJson.version}\n`);
    const committed = await readFile(new URL('../../ocf/metadata.xml', import.meta.url), 'utf8');
    expect((await run('meta-data')).stdout).toBe(committed);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import type { SandboxNode } from '../sandbox/sandbox.ts';
import { callAgent, executable } from './agent.ts';
import { expectBare, expectServing, holderOf } from './expectations.ts';
import { scenario } from './scenario.ts';

/** The first system call of x86_64 that Linux 4.12, SLES 12's, does not have: io_pgetevents, of 4.18. */
const FIRST_NEWER = 333;
const PIDFD_OPEN = 434;

/** Writes a seccomp filter as which no system call that is newer than Linux 4.12 exists. Source: linux/filter.h, seccomp.h. */
async function writeFilter(path: string): Promise<void> {
  const instruction = (code: number, ifTrue: number, ifFalse: number, value: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt16LE(code, 0);
    bytes.writeUInt8(ifTrue, 2);
    bytes.writeUInt8(ifFalse, 3);
    bytes.writeUInt32LE(value, 4);
    return bytes;
  };
  const [load, jumpIfGreaterOrEqual, answer] = [0x20, 0x35, 0x06];
  const [allow, noSuchCall] = [0x7fff_0000, 0x0005_0000 + 38];
  const program = [
    instruction(load, 0, 0, 0),
    instruction(jumpIfGreaterOrEqual, 0, 1, FIRST_NEWER),
    instruction(answer, 0, 0, noSuchCall),
    instruction(answer, 0, 0, allow),
  ];
  await writeFile(path, Buffer.concat(program));
}

/** A program on the node that runs `command` as an old kernel would: without newer calls, and by an old kernel's name. */
async function placeOnOldKernel(
  node: SandboxNode,
  filter: string,
  name: string,
  command: string,
): Promise<string> {
  const path = `/run/${name}`;
  const bubble = 'bwrap --dev-bind / / --cap-add ALL --seccomp 9';
  const script = `#!/bin/sh\nexec ${bubble} setarch --uname-2.6 ${command} "$@" 9< "${filter}"\n`;
  const place = await node.exec('sh', ['-ec', `cat > ${path} && chmod 755 ${path}`], { input: script });
  expect(place).toMatchObject({ exitCode: 0, stderr: '' });
  return path;
}

scenario(
  'the agent gets along without the system calls that came after Linux 4.12',
  async ({ sandbox, onTestFinished }) => {
    const { a, b } = sandbox.nodes;
    const scratch = await mkdtemp(`${tmpdir()}/aws-eni-old-kernel-`);
    onTestFinished(() => rm(scratch, { recursive: true }));
    await writeFilter(`${scratch}/filter`);

    // The filter does what it is meant to.
    const ask = `perl -e 'syscall(${PIDFD_OPEN}, $$, 0); print $!'`;
    const control = await placeOnOldKernel(a, `${scratch}/filter`, 'control', ask);
    expect((await a.exec(control, [])).stdout).toBe('Function not implemented');
    const kernel = await placeOnOldKernel(a, `${scratch}/filter`, 'kernel', 'uname -r');
    expect((await a.exec(kernel, [])).stdout).toMatch(/^2\.6\./);

    const agent = await placeOnOldKernel(a, `${scratch}/filter`, 'old-agent', executable);
    expect((await a.exec(agent, ['--version'])).stdout.trim()).toBe(packageJson.version);
    const good = { exitCode: 0, reason: '' };
    const deep = { OCF_CHECK_LEVEL: '10' };
    expect(await callAgent(sandbox, a, 'meta-data', { agent })).toMatchObject(good);
    expect(await callAgent(sandbox, a, 'validate-all', { agent, environment: deep })).toMatchObject(good);
    expect(await callAgent(sandbox, a, 'start', { agent })).toMatchObject(good);
    expect(await callAgent(sandbox, a, 'monitor', { agent })).toMatchObject(good);
    expect(await callAgent(sandbox, a, 'monitor', { agent, environment: deep })).toMatchObject(good);
    await expectServing(sandbox, a);

    // Taken from the other node by force of a usual start there, and taken back.
    expect(await callAgent(sandbox, b, 'start')).toMatchObject(good);
    expect(await callAgent(sandbox, a, 'start', { agent })).toMatchObject(good);
    expect(await holderOf(sandbox)).toBe(a.instanceId);
    expect(await callAgent(sandbox, a, 'stop', { agent })).toMatchObject(good);
    expect(await callAgent(sandbox, a, 'monitor', { agent })).toMatchObject({ exitCode: 7 });
    await expectBare(sandbox, a);
  },
);

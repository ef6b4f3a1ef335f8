import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { BUN, BUN_ENVIRONMENT } from '../sandbox/programs.ts';
import { NODE_A, SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import type { Answer } from './agent.ts';
import { callAgent, executable } from './agent.ts';
import { onNodeOf } from './confined.ts';
import { expectServing, mutatingCalls } from './expectations.ts';
import { scenario } from './scenario.ts';

const PROXY = fileURLToPath(new URL('proxy.ts', import.meta.url));

const PROXY_SWITCHES = [
  ['NODE_USE_ENV_PROXY', '1'],
  ['NODE_OPTIONS', '--use-env-proxy'],
  ['BUN_OPTIONS', '--use-env-proxy'],
] as const;

describe('what Pacemaker’s environment may hold', () => {
  scenario('.env and bunfig.toml of the working directory change nothing', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const directory = await mkdtemp(join(tmpdir(), 'aws-eni-cwd-'));
    try {
      const lies = [
        'AWS_ENDPOINT_URL_EC2=http://127.0.0.1:1',
        'OCF_RESKEY_ip=10.9.9.9',
        'HA_RSCTMP=/nowhere',
        'AWS_EC2_METADATA_DISABLED=true',
      ];
      for (const name of ['.env', '.env.local', '.env.production', '.env.development']) {
        await writeFile(join(directory, name), `${lies.join('\n')}\n`);
      }
      await writeFile(join(directory, 'bunfig.toml'), 'preload = ["./preload.ts"]\n');
      await writeFile(join(directory, 'preload.ts'), 'console.log("preloaded"); process.exit(99);\n');
      await writeFile(join(directory, 'tsconfig.json'), '{ not json');
      await writeFile(join(directory, 'package.json'), '{ not json');
      const env = onNodeOf({
        ...sandbox.environment(a),
        OCF_RESOURCE_INSTANCE: 'service-eni',
        OCF_RESKEY_eni_id: SERVICE_ENI,
      });
      for (const action of ['validate-all', 'start', 'monitor', 'meta-data']) {
        const { exitCode, stdout } = await a.exec(
          'sh',
          ['-c', 'cd "$1" && exec "$0" "$2"', executable, directory, action],
          { env },
        );
        expect({ action, exitCode }).toEqual({ action, exitCode: 0 });
        expect(stdout).not.toContain('preloaded');
      }
      await expectServing(sandbox, a);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  scenario(
    'EC2 is called through the proxy that is named for it, the metadata service never',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
      const { running, killGroup } = await a.spawn(BUN, ['--no-env-file', PROXY], { env: BUN_ENVIRONMENT });
      try {
        const lines = createInterface(running.stdout)[Symbol.asyncIterator]();
        const url = (await lines.next()).value as string;
        const proxies = { HTTP_PROXY: url, http_proxy: url, HTTPS_PROXY: url, https_proxy: url };
        const parameters = { eni_id: SERVICE_ENI, endpoint_url: 'https://10.1.0.1:8773', max_attempts: '1' };
        const ask = (environment: Record<string, string>): Promise<Answer> =>
          callAgent(sandbox, a, 'monitor', {
            parameters,
            environment: { OCF_CHECK_LEVEL: '10', ...proxies, ...environment },
          });
        await sandbox.resetRequests();
        // The proxy writes down what it is asked for, and refuses it.
        expect(await ask({})).toMatchObject({
          exitCode: 0,
          stderr: expect.stringContaining('could not confirm'),
        });
        expect((await lines.next()).value).toBe('CONNECT 10.1.0.1:8773');
        // Past it for EC2 too: the sandbox's endpoint speaks no TLS, which it is then told.
        expect(await ask({ NO_PROXY: '10.1.0.1' })).toMatchObject({
          exitCode: 0,
          stderr: expect.stringContaining('SSL'),
        });
        expect(await ask({})).toMatchObject({ exitCode: 0 });
        expect((await lines.next()).value).toBe('CONNECT 10.1.0.1:8773');
        // What would have the runtime's own requests go by them.
        for (const [name, value] of PROXY_SWITCHES) {
          expect({ name, ...(await ask({ [name]: value, ALL_PROXY: url, all_proxy: url })) }).toMatchObject({
            exitCode: 0,
          });
          expect([name, (await lines.next()).value]).toEqual([name, 'CONNECT 10.1.0.1:8773']);
        }
        const asked = (await sandbox.requests()).map(({ name }) => name);
        expect(asked.filter((name) => name === '/latest/dynamic/instance-identity/document')).toHaveLength(
          3 + PROXY_SWITCHES.length,
        );
      } finally {
        killGroup();
      }
    },
  );

  scenario('AWS_EC2_METADATA_DISABLED is obeyed, and what it means is said', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    const environment = { AWS_EC2_METADATA_DISABLED: 'true', OCF_CHECK_LEVEL: '10' };
    const said = 'AWS_EC2_METADATA_DISABLED is set, so the instance metadata service is not asked';
    await callAgent(sandbox, a, 'start');
    await sandbox.resetRequests();
    for (const action of ['start', 'validate-all']) {
      const { exitCode, reason } = await callAgent(sandbox, b, action, { environment });
      expect({ action, exitCode, reason }).toEqual({
        action,
        exitCode: 2,
        reason: expect.stringContaining(said),
      });
    }
    for (const action of ['monitor', 'stop']) {
      const { exitCode, stderr } = await callAgent(sandbox, a, action, { environment });
      expect({ action, exitCode, stderr }).toEqual({
        action,
        exitCode: 0,
        stderr: expect.stringContaining(said),
      });
    }
    expect(await sandbox.requests()).toEqual([]);
    expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 7 });
    // What others write who mean the contrary.
    const environmentOfOthers = { AWS_EC2_METADATA_DISABLED: 'false' };
    expect(await callAgent(sandbox, b, 'start', { environment: environmentOfOthers })).toMatchObject({
      exitCode: 0,
    });
  });

  scenario('unknown parameters are warned of, Pacemaker’s own are not', async ({ sandbox }) => {
    const parameters = { eni_id: SERVICE_ENI, rule_prio: '7' };
    const { exitCode, stderr } = await callAgent(sandbox, sandbox.nodes.a, 'validate-all', { parameters });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: 'WARNING: there is no parameter "rule_prio"; it is ignored',
    });
  });

  scenario('nothing but what is needed: no PATH, no HOME, no name of the resource', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const { AWS_ENDPOINT_URL_EC2 = '' } = sandbox.environment(a);
    const bare = [
      '-i',
      `AWS_ENDPOINT_URL_EC2=${AWS_ENDPOINT_URL_EC2}`,
      `OCF_RESKEY_eni_id=${SERVICE_ENI}`,
      executable,
    ];
    for (const action of ['start', 'monitor', 'stop']) {
      const { exitCode, stderr } = await a.exec('env', [...bare, action]);
      expect({ action, exitCode, stderr }).toMatchObject({ exitCode: 0 });
    }
  });
});

describe('EC2 in trouble', () => {
  scenario('an outage that lasts ends the start in time, and says what came back', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await sandbox.setEndpoint('refused');
    const { exitCode, reason, stderr } = await callAgent(sandbox, a, 'start', { timeoutMs: 4_000 });
    expect(exitCode).toBe(1);
    expect(reason).toMatch(
      /out of time after \d\.\d s of 4 s while finding eni-0a1b2c3d4e5f60718 in EC2: describing .*ECONNREFUSED/,
    );
    expect(stderr).toContain('trying again');
    expect(await mutatingCalls(sandbox)).toEqual([]);
  });

  scenario('without a metadata service a start says what it lacks', async ({ sandbox }) => {
    await sandbox.setImds(NODE_A, 'off');
    const { exitCode, reason } = await callAgent(sandbox, sandbox.nodes.a, 'start', { timeoutMs: 3_000 });
    expect(exitCode).toBe(1);
    expect(reason).toContain('asking the metadata service who this instance is');
  });
});

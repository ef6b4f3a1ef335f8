import { describe, expect } from 'vitest';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import type { Answer } from './agent.ts';
import { callAgent } from './agent.ts';
import { callForJson } from './commands/call-command.ts';
import { holderOf, mutatingCalls } from './expectations.ts';
import { placeCredentials } from './place-credentials.ts';
import { scenario } from './scenario.ts';

const CONFIG = `[profile other]
region = eu-central-1
[profile broken]
role_arn = arn:aws:iam::111122223333:role/other
source_profile = nobody
[profile failing]
credential_process = sh -c 'echo "no entry for AKIAIOSFODNN7EXAMPLE" >&2; exit 3'
[profile garbled]
credential_process = echo '{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE"'
[profile wordless]
credential_process = true
[profile process]
credential_process = cat /run/role
[profile unfinished]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
`;

const environment = {
  AWS_CONFIG_FILE: '/run/aws-config',
  AWS_SHARED_CREDENTIALS_FILE: '/run/no-credentials',
};

/** Of another identity, which EC2 does not know. */
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAOWNOWNOWNOWNOWN1', AWS_SECRET_ACCESS_KEY: 'own' };

/** An action on a node whose instance has a role that would do. */
async function call(
  sandbox: Sandbox,
  node: SandboxNode,
  action: string,
  given: { readonly profile?: string } & Readonly<Record<string, string>>,
): Promise<Answer> {
  await node.exec('sh', ['-c', 'cat > /run/aws-config'], { input: CONFIG });
  const { profile, ...more } = given;
  return callAgent(sandbox, node, action, {
    parameters: { eni_id: SERVICE_ENI, ...(profile === undefined ? {} : { profile }) },
    environment: { ...environment, ...more },
  });
}

async function ec2Calls(sandbox: Sandbox): Promise<readonly string[]> {
  return (await sandbox.requests()).filter(({ service }) => service === 'ec2').map(({ name }) => name);
}

describe('a profile is never replaced by another identity', () => {
  for (const [given, said] of [
    [{ profile: 'missing' }, 'there is no profile missing, which the parameter profile names'],
    [{ AWS_PROFILE: 'missing' }, 'there is no profile missing, which AWS_PROFILE names'],
    [{ profile: 'other' }, 'reading the credentials of profile other'],
    [{ AWS_PROFILE: 'other' }, 'reading the credentials of profile other'],
    [{ profile: 'broken' }, 'reading the credentials of profile broken'],
    [{ AWS_PROFILE: 'broken' }, 'reading the credentials of profile broken'],
    [{ profile: 'unfinished' }, 'reading the credentials of profile unfinished'],
    [{ profile: 'failing' }, 'reading the credentials of profile failing'],
    [{ profile: 'garbled' }, 'reading the credentials of profile garbled'],
    [{ profile: 'wordless' }, 'reading the credentials of profile wordless'],
    [{ profile: 'failing', ...KEYS }, 'reading the credentials of profile failing'],
  ] as const) {
    scenario(`start with ${JSON.stringify(given)} calls nothing of EC2`, async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      const { exitCode, reason } = await call(sandbox, a, 'start', given);
      expect({ exitCode, reason }).toEqual({ exitCode: 4, reason: expect.stringContaining(said) });
      expect(await ec2Calls(sandbox)).toEqual([]);
      expect(await holderOf(sandbox)).toBeUndefined();
    });
  }

  scenario('stop without its profile takes the service off the node', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    await sandbox.resetRequests();
    const { exitCode, stderr } = await call(sandbox, a, 'stop', { profile: 'missing' });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining('is isolated but may still be attached here: there is no profile'),
    });
    expect(await mutatingCalls(sandbox)).toEqual([]);
    expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 7 });
  });

  scenario('doctor says whose credentials it has', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await call(sandbox, a, 'validate-all', {});
    await placeCredentials(a, '/run/role');
    const { data } = await callForJson(sandbox, a, ['doctor', '--profile', 'process'], { environment });
    const found = JSON.stringify(data);
    expect(found).toMatch(/from a program of the profile, profile process, access key \w{4}…\w{4}, /);
    expect(found).not.toMatch(/SecretAccessKey|[A-Z0-9]{16}/);
  });

  scenario('doctor says so, and checks the rest', async ({ sandbox }) => {
    const words = ['doctor', '--eni-id', SERVICE_ENI, '--profile', 'missing'];
    const { exitCode, data } = await callForJson(sandbox, sandbox.nodes.a, words, { environment });
    const groups = data['groups'] as readonly { readonly checks: readonly Record<string, string>[] }[];
    const checks = groups.flatMap(({ checks: some }) => some);
    expect(exitCode).toBe(1);
    expect(checks).toContainEqual(
      expect.objectContaining({
        id: 'credentials',
        status: 'failed',
        found: expect.stringContaining('there is no profile missing'),
      }),
    );
    expect(checks).toContainEqual(expect.objectContaining({ id: 'iproute2', status: 'ok' }));
  });
});

import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Answer, Call } from './agent.ts';
import { callAgent, eniId, quick } from './agent.ts';
import { readRecord, recordPrograms } from './recording-programs.ts';

const METADATA = 'http://169.254.169.254/latest';
/** As the sandbox's metadata service makes them. */
const METADATA_TOKEN = /[\w-]{52}AQ==/;
/** The caller's own, which EC2 does not know. */
const OWN = {
  AWS_ACCESS_KEY_ID: 'AKIAOWNOWNOWNOWNOWN1',
  AWS_SECRET_ACCESS_KEY: 'own+secret/own+secret/own+secret/own+sec',
  AWS_SESSION_TOKEN: 'own/session/token',
};
/** curl(1), "EXIT CODES". */
const CURL_NO_CONNECTION = 7;
const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
const PROXY = 'http://admin:hunter2@127.0.0.1:9';

let sandbox: Sandbox;
let node: SandboxNode;
let PATH: string;
beforeAll(async () => {
  sandbox = await startSandbox({ latencies: quick });
  node = sandbox.nodes.a;
  PATH = await recordPrograms(node);
});
afterEach(() => sandbox.clearFaults());
afterAll(() => sandbox?.close());

interface Role {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
}

/** What the metadata service hands out at present, read as the agent does it. */
async function readRole(): Promise<Role> {
  const ask = `t=$(curl -sf -m 5 -X PUT -H 'x-aws-ec2-metadata-token-ttl-seconds: 60' ${METADATA}/api/token)
    echo "$t"; r=${METADATA}/meta-data/iam/security-credentials/
    curl -sf -m 5 -H "x-aws-ec2-metadata-token: $t" $r$(curl -sf -m 5 -H "x-aws-ec2-metadata-token: $t" $r)`;
  const { stdout } = await node.exec('sh', ['-ec', ask]);
  const [token = '', ...document] = stdout.split('\n');
  expect(token).toMatch(METADATA_TOKEN);
  return JSON.parse(document.join('\n')) as Role;
}

/** Runs an action that tells all it can, and looks for secrets wherever its words go. */
async function callInDebug(action: string, { environment = {}, ...call }: Call = {}): Promise<Answer> {
  const before = await readRole();
  const answer = await callAgent(sandbox, node, action, {
    timeoutMs: 3_000,
    ...call,
    environment: { HA_debug: '1', PATH, OCF_CHECK_LEVEL: '10', ...environment },
  });
  const recorded = await readRecord(node);
  // Not a word is missing: the programs were called by the agent, and told what it says.
  expect(recorded).toContain(`/dist/aws-eni ${action}`);
  if (answer.reason !== '') expect(recorded).toContain(answer.reason);
  // What programs get to see is what they need.
  expect(recorded).not.toMatch(/^(?:AWS_|OCF_|HTTPS?_PROXY|HA_)/m);
  const all = [answer.stdout, answer.stderr, recorded].join('\n');
  const roles = [before, await readRole()].flatMap((role) => [
    role.AccessKeyId,
    role.SecretAccessKey,
    role.Token,
  ]);
  for (const secret of [...roles, ...Object.values(OWN), 'hunter2']) expect(all).not.toContain(secret);
  expect(all).not.toMatch(METADATA_TOKEN);
  return answer;
}

test('start, monitor and stop that go well tell no secret', async () => {
  const started = await callInDebug('start', { timeoutMs: 20_000 });
  expect(started).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('DEBUG: ') });
  expect(await callInDebug('monitor', { timeoutMs: 20_000 })).toMatchObject({ exitCode: 0 });
  expect(await callInDebug('stop', { timeoutMs: 20_000 })).toMatchObject({ exitCode: 0 });
});

test('a refusal that repeats the request is told without what signed it', async () => {
  const { AccessKeyId, Token } = await readRole();
  const echo = `The Canonical String for this request should have been 'POST / host:10.1.0.1 x-amz-security-token:${Token}', Credential=${AccessKeyId}/20260101/eu-central-1`;
  for (const error of ['AuthFailure', 'SignatureDoesNotMatch', 'UnauthorizedOperation', 'AnyNewCode']) {
    await sandbox.fault({ match: { service: 'ec2' }, do: { error, status: 403, message: echo } });
    for (const action of ['start', 'stop', 'validate-all']) {
      const { exitCode, stderr } = await callInDebug(action);
      if (action !== 'stop') expect({ error, action, exitCode }).not.toMatchObject({ exitCode: 0 });
      if (action === 'start') expect(stderr).toContain(`${error}: The Canonical String for this request`);
    }
    await sandbox.clearFaults();
  }
});

test('credentials that have expired or that EC2 does not know are not told of', async () => {
  await sandbox.expireCredentials();
  await callInDebug('start', { timeoutMs: 20_000 });
  const { exitCode, reason } = await callInDebug('validate-all', { environment: OWN });
  expect({ exitCode, reason }).toMatchObject({ exitCode: 4, reason: expect.stringContaining('AuthFailure') });
  await callInDebug('stop', { timeoutMs: 20_000 });
});

test('a program of the profile that says anything but credentials is not quoted', async () => {
  const config = `[profile own]\ncredential_process = sh -c 'touch /run/asked; echo "$0"' '{"SecretAccessKey":"${OWN.AWS_SECRET_ACCESS_KEY}"'\n`;
  await node.exec('sh', ['-c', 'cat > /run/aws-config'], { input: config });
  await callInDebug('validate-all', {
    parameters: { eni_id: eniId, profile: 'own' },
    environment: { AWS_CONFIG_FILE: '/run/aws-config' },
  });
  expect(await node.exec('ls', ['/run/asked'])).toMatchObject({ exitCode: 0 });
});

test('credentials that are no JSON are not quoted by who can’t read them', async () => {
  const secret = OWN.AWS_SECRET_ACCESS_KEY.replaceAll(/[+/]/g, '');
  const bodies = [secret, `{"SecretAccessKey":${secret}`, `[${secret}]`, `"${secret}`, `{${secret}:1}`];
  for (const body of bodies) {
    await sandbox.fault({ match: { service: 'imds', path: 'iam/security-credentials/' }, do: { body } });
    const environment = { HA_debug: '1', PATH, OCF_CHECK_LEVEL: '10' };
    const { exitCode, stdout, stderr } = await callAgent(sandbox, node, 'validate-all', {
      timeoutMs: 3_000,
      environment,
    });
    expect({ body, exitCode }).toEqual({ body, exitCode: 1 });
    expect(stderr).toContain('JSON Parse error');
    expect(stdout + stderr + (await readRecord(node))).not.toContain(secret);
    await sandbox.clearFaults();
  }
});

test.each([
  'http://us er:hunter2@127.0.0.1:9',
  'admin:hunter2@127.0.0.1:9',
  'http://admin:hunter2%40127.0.0.1:9',
])('an endpoint that is none is refused without its password: %s', async (url) => {
  const { exitCode, reason } = await callInDebug('validate-all', {
    parameters: { eni_id: eniId, endpoint_url: url },
  });
  expect({ exitCode, reason }).toEqual({
    exitCode: 6,
    reason: expect.stringMatching(
      /^endpoint_url: "(?:http:\/\/|\*\*\*@)127\.0\.0\.1:9" is no http or https URL/,
    ),
  });
});

test('a proxy is named without its password', async () => {
  const environment = { HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY, http_proxy: PROXY, https_proxy: PROXY };
  for (const action of ['start', 'monitor', 'validate-all']) {
    await callInDebug(action, {
      parameters: { eni_id: eniId, endpoint_url: 'https://10.1.0.1:8773', max_attempts: '1' },
      environment,
    });
  }
});

test('every question to the metadata service came with a session token, and was asked by the instance itself', async () => {
  const asked = (await sandbox.requests()).filter(({ service }) => service === 'imds');
  expect(asked.length).toBeGreaterThan(20);
  // The sandbox's service answers 401 to whoever has no token, and 403 to a token's request through a proxy.
  expect(asked.filter(({ outcome }) => outcome === '401' || outcome === '403')).toEqual([]);
  expect(await sandbox.violations()).toEqual([]);
});

test('the README’s firewall keeps the role’s credentials from everybody but root', async () => {
  const [, rules = ''] = /```\n(nft add table [\s\S]*?)```/.exec(readme) ?? [];
  expect(rules.split('\n').filter(Boolean)).toHaveLength(4);
  const ask = ['curl', '-s', '-m', '3', '-o', '/dev/null', '-w', '%{http_code}', `${METADATA}/meta-data/`];
  const asNobody = () => node.exec('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', ...ask]);
  expect((await asNobody()).stdout).toBe('401');
  expect(await node.exec('sh', ['-ec', rules])).toMatchObject({ exitCode: 0 });
  try {
    const { exitCode, stdout } = await asNobody();
    expect({ exitCode, stdout }).toEqual({ exitCode: CURL_NO_CONNECTION, stdout: '000' });
    await readRole();
    expect(await callInDebug('validate-all', { timeoutMs: 20_000 })).toMatchObject({ exitCode: 0 });
  } finally {
    await node.exec('nft', ['delete', 'table', 'inet', 'metadata']);
  }
});

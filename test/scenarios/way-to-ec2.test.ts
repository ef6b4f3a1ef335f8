import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BUN, BUN_ENVIRONMENT } from '../sandbox/programs.ts';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Answer, Call } from './agent.ts';
import { callAgent, eniId, environmentOf, executable, quick } from './agent.ts';
import { expectServing, holderOf } from './expectations.ts';
import { placeCredentials } from './place-credentials.ts';

const FRONT = fileURLToPath(new URL('tls-front.ts', import.meta.url));
const EC2 = 'ec2.eu-central-1.amazonaws.com';
const CONNECTED = `CONNECT ${EC2}:443`;

let sandbox: Sandbox;
let node: SandboxNode;
let proxy: string;
let stopFront: () => void;
const asked: string[] = [];

async function shell(script: string): Promise<void> {
  const { exitCode, stderr } = await node.exec('sh', ['-ec', script]);
  if (exitCode !== 0) throw new Error(`${script}: ${stderr}`);
}

beforeAll(async () => {
  sandbox = await startSandbox({ latencies: quick });
  node = sandbox.nodes.a;
  const request = 'openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  await shell(`cd /run
    for ca in ca other; do ${request} -x509 -days 2 -subj "/CN=$ca" -keyout $ca.key -out $ca.pem 2>&1; done
    ${request} -subj /CN=front -keyout front.key -out front.csr 2>&1
    echo 'subjectAltName=DNS:${EC2}' > extension
    openssl x509 -req -in front.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extension -out front.pem 2>&1
    echo 'no certificate' > empty.pem
    printf -- '-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\\n' > damaged.pem
    printf '[default]\\nca_bundle = /run/ca.pem\\n[profile own]\\nca_bundle = /run/ca.pem\\ncredential_process = cat /run/role\\n' > aws-config
    printf '[profile role]\\nrole_arn=arn:aws:iam::111122223333:role/r\\nsource_profile=keys\\n[profile keys]\\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\\naws_secret_access_key=x\\n' > aws-config-role
    printf '[default]\\nendpoint_url = https://10.1.0.1:8773\\n' > aws-config-endpoint`);
  await placeCredentials(node, '/run/role');
  const endpoint = new URL(sandbox.environment(node)['AWS_ENDPOINT_URL_EC2'] ?? '');
  const words = [endpoint.hostname, endpoint.port, '/run/front.key', '/run/front.pem'];
  const front = await node.spawn(BUN, ['--no-env-file', FRONT, ...words], { env: BUN_ENVIRONMENT });
  stopFront = front.killGroup;
  const lines = createInterface(front.running.stdout);
  proxy = await new Promise<string>((resolve) => lines.once('line', resolve));
  lines.on('line', (line) => asked.push(line));
});

afterAll(async () => {
  stopFront?.();
  await sandbox?.close();
});

beforeEach(() => {
  asked.length = 0;
});

/** An action by the proxy, to the region's own endpoint unless the environment says otherwise. */
function call(
  action: string,
  environment: Readonly<Record<string, string>>,
  parameters: Call['parameters'] = {},
): Promise<Answer> {
  return callAgent(sandbox, node, action, {
    parameters: { eni_id: eniId, max_attempts: '1', ...parameters },
    environment: {
      AWS_ENDPOINT_URL_EC2: '',
      OCF_CHECK_LEVEL: '10',
      HTTPS_PROXY: proxy,
      AWS_SHARED_CREDENTIALS_FILE: '/run/no-credentials',
      AWS_CONFIG_FILE: '/run/no-config',
      ...environment,
    },
    timeoutMs: action === 'validate-all' ? 3_000 : 60_000,
  });
}

describe('a CA of one’s own', () => {
  test.each([
    { AWS_CA_BUNDLE: '/run/ca.pem' },
    { AWS_CONFIG_FILE: '/run/aws-config' },
    { AWS_CONFIG_FILE: '/run/aws-config', AWS_PROFILE: 'own' },
    { AWS_CA_BUNDLE: '/run/ca.pem', NODE_EXTRA_CA_CERTS: '/run/other.pem' },
    { AWS_CA_BUNDLE: '/run/ca.pem', AWS_CONFIG_FILE: '/run/aws-config' },
    { NODE_EXTRA_CA_CERTS: '/run/ca.pem' },
    { SSL_CERT_FILE: '/run/ca.pem' },
  ])('is believed by %j', async (environment) => {
    expect(await call('validate-all', environment)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(new Set(asked)).toEqual(new Set([CONNECTED]));
  });

  test.each([
    ['/etc/ssl/certs', 'h=$(openssl x509 -hash -noout -in /run/ca.pem); cp /run/ca.pem /etc/ssl/certs/$h.0'],
    ['Red Hat’s', 'd=/etc/pki/ca-trust/extracted/pem; mkdir -p $d; cp /run/ca.pem $d/tls-ca-bundle.pem'],
  ])('is believed in the distribution’s store: %s', async (_where, put) => {
    const env = environmentOf(sandbox, node, 'validate-all', {
      environment: { AWS_ENDPOINT_URL_EC2: '', OCF_CHECK_LEVEL: '10', HTTPS_PROXY: proxy },
    });
    const own = 'cp -a /etc /run/etc; mount --bind /run/etc /etc';
    const undo = 'rm -rf /run/etc';
    const script = `${own} && ${put} && "$0" validate-all; code=$?; umount /etc; ${undo}; exit $code`;
    const { exitCode, stderr } = await node.exec('unshare', ['--mount', 'sh', '-c', script, executable], {
      env,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(asked).toContain(CONNECTED);
  });

  test.each([
    [{}],
    [{ AWS_CA_BUNDLE: '/run/other.pem' }],
    [{ AWS_CA_BUNDLE: '/run/other.pem', NODE_EXTRA_CA_CERTS: '/run/ca.pem' }],
    [{ AWS_CA_BUNDLE: '/run/other.pem', AWS_CONFIG_FILE: '/run/aws-config' }],
  ])('that nobody named is refused with %j, and the reason says what to do', async (environment) => {
    const { exitCode, reason } = await call('validate-all', environment);
    expect(exitCode).toBe(1);
    expect(reason).toMatch(/UNABLE_TO_\w+|SELF_SIGNED_CERT_IN_CHAIN/);
    expect(reason).toContain(`by the proxy http://${proxy}`);
    expect(reason).toContain('trusts no certification authority that vouches for it');
    expect(reason).toContain('AWS_CA_BUNDLE in /etc/sysconfig/pacemaker');
    expect(reason).not.toContain('Health Dashboard');
  });

  test('is no help where the certificate is for another host', async () => {
    const trusting = { AWS_CA_BUNDLE: '/run/ca.pem' };
    const parameters = { endpoint_url: 'https://other.example.com' };
    const { exitCode, reason } = await call('validate-all', trusting, parameters);
    expect(exitCode).toBe(1);
    expect(reason).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(reason).toContain('the certificate is for another host: correct endpoint_url');
  });

  test.each([
    ['/run/missing.pem', /can't be read \(ENOENT\)/],
    ['/run', /can't be read \(EISDIR\)/],
    ['/run/empty.pem', /has no certificate in it/],
    ['/run/damaged.pem', /has a damaged certificate in it/],
    ['ca.pem', /is no absolute path/],
  ])('AWS_CA_BUNDLE=%s ends with 2, and calls nobody', async (AWS_CA_BUNDLE, said) => {
    const { exitCode, reason } = await call('validate-all', { AWS_CA_BUNDLE });
    expect({ exitCode, reason }).toEqual({ exitCode: 2, reason: expect.stringMatching(said) });
    expect(reason).toContain(`AWS_CA_BUNDLE names ${AWS_CA_BUNDLE}`);
    expect(asked).toEqual([]);
  });
});

describe('a proxy', () => {
  const trusting = { AWS_CA_BUNDLE: '/run/ca.pem' };

  test('carries a start and a stop', async () => {
    expect(await call('start', trusting)).toMatchObject({ exitCode: 0, reason: '' });
    await expectServing(sandbox, node);
    expect(await call('stop', trusting)).toMatchObject({ exitCode: 0, reason: '' });
    expect(await holderOf(sandbox)).toBeUndefined();
    expect(new Set(asked)).toEqual(new Set([CONNECTED]));
  });

  test('is the way to whom the profile has its credentials from, too', async () => {
    const environment = { ...trusting, AWS_CONFIG_FILE: '/run/aws-config-role' };
    const { exitCode, reason } = await call('validate-all', environment, { profile: 'role' });
    expect(exitCode).toBe(4);
    expect(asked).toContain('CONNECT sts.eu-central-1.amazonaws.com:443');
    // Its certificate is for EC2 alone.
    expect(reason).toMatch(
      /^reading the credentials of profile role: .*\(by the proxy http:.*; the certificate is for another host/,
    );
  });

  test('of another kind is refused with 2, without its password', async () => {
    const { exitCode, reason, stderr } = await call('validate-all', {
      HTTPS_PROXY: 'socks5://user:secret@127.0.0.1:1080',
    });
    expect({ exitCode, reason }).toEqual({
      exitCode: 2,
      reason: expect.stringContaining(
        'HTTPS_PROXY is no proxy that the agent can use: socks5://127.0.0.1:1080; write it as',
      ),
    });
    expect(stderr).not.toContain('secret');
  });

  test('that refuses is told of by its name', async () => {
    const { exitCode, reason } = await call('validate-all', trusting, {
      endpoint_url: 'https://refused.example.com',
    });
    expect(exitCode).toBe(1);
    expect(reason).toContain('the proxy refused to connect, with HTTP 403');
    expect(reason).toContain(`by the proxy http://${proxy}); look at the proxy, and at HTTPS_PROXY`);
  });

  test('that is not there is told of by its name, without its password', async () => {
    const HTTPS_PROXY = 'http://user:secret@127.0.0.1:1';
    const { exitCode, reason, stderr } = await call('validate-all', { ...trusting, HTTPS_PROXY });
    expect(exitCode).toBe(1);
    expect(reason).toMatch(/ECONNREFUSED.*by the proxy http:\/\/127\.0\.0\.1:1\)/);
    expect(stderr).not.toContain('secret');
  });

  test.each([
    [{ AWS_ENDPOINT_URL_EC2: 'https://10.1.0.1:8773' }],
    [{ AWS_CONFIG_FILE: '/run/aws-config-endpoint' }],
  ])('is left out for the host that is really called, by %j', async (environment) => {
    const { exitCode, reason } = await call('validate-all', { ...environment, NO_PROXY: '10.1.0.1' });
    // The sandbox's endpoint itself speaks no TLS.
    expect({ exitCode, reason }).toEqual({ exitCode: 1, reason: expect.stringMatching(/SSL/) });
    expect(reason).not.toContain('by the proxy');
    expect(asked).toEqual([]);
    await call('validate-all', { ...environment, NO_PROXY: EC2 });
    expect(asked).toContain('CONNECT 10.1.0.1:8773');
  });
});

test('nothing was asked that the sandbox does not know', async () => {
  expect(await sandbox.violations()).toEqual([]);
});

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from './http/faults.ts';
import type { Reach } from './network/create-reachability.ts';
import { BUN } from './programs.ts';
import type { Sandbox } from './sandbox.ts';
import { startSandbox } from './sandbox.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from './sandbox-options.ts';

const ENDPOINT = 'http://10.1.0.1:8773/';
const METADATA = 'http://169.254.169.254/latest/';
/** curl's exit codes ("EXIT CODES", curl(1)). */
const CURL = { ok: 0, noConnection: 7, partial: 18, timeout: 28, reset: 56 } as const;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ latencies: { callMs: 2, staleMs: 0 } });
});
beforeEach(async () => {
  await sandbox.clearFaults();
  await sandbox.release();
  await sandbox.resetRequests();
  await sandbox.place(SERVICE_ENI, 'available');
});
afterAll(() => sandbox.close());

/** Without a signature, which the endpoint answers with 403 when nothing is wrong. */
async function curl(...args: readonly string[]) {
  const { exitCode, stdout } = await sandbox.nodes.a.exec('curl', [
    '-s',
    '-m',
    '1',
    '-w',
    '%{http_code}',
    ...args,
  ]);
  return { exitCode, stdout };
}

function attachProgram(): readonly string[] {
  const input = { NetworkInterfaceId: SERVICE_ENI, InstanceId: NODE_A, DeviceIndex: 1 };
  const program = fileURLToPath(new URL('ec2/ec2-call.ts', import.meta.url));
  return ['--no-env-file', program, 'AttachNetworkInterface', JSON.stringify(input)];
}

async function attach(): Promise<string> {
  return (await sandbox.nodes.a.exec(BUN, attachProgram())).stdout;
}

function spawnAttach() {
  return sandbox.nodes.a.spawn(BUN, attachProgram());
}

describe('what a client sees of a fault', () => {
  test.each<[Fault, number, string]>([
    ['drop-before', CURL.reset, '000'],
    ['drop-after', CURL.reset, '000'],
    ['black-hole', CURL.timeout, '000'],
    ['not-xml', CURL.ok, 'Please sign in'],
    [{ error: 'RequestLimitExceeded' }, CURL.ok, '<Code>RequestLimitExceeded</Code>'],
    [{ error: 'RequestLimitExceeded' }, CURL.ok, '503'],
    [{ error: 'Nonsense', status: 418, message: 'no tea' }, CURL.ok, '<Message>no tea</Message>'],
    [{ status: 500 }, CURL.ok, '500'],
    [{ body: 'hello' }, CURL.ok, 'hello200'],
    [{ delayMs: 100 }, CURL.ok, 'MissingAuthenticationToken'],
    [{ delayMs: 5_000 }, CURL.timeout, '000'],
  ])('%j', async (fault, exitCode, text) => {
    await sandbox.fault({ match: { service: 'ec2' }, times: 1, do: fault });
    const seen = await curl(ENDPOINT, '-d', 'Action=DescribeInstances&Version=2016-11-15');
    expect(seen.exitCode).toBe(exitCode);
    expect(seen.stdout).toContain(text);
  });

  test('cut-off: headers that promise more than comes', async () => {
    await sandbox.fault({ match: { service: 'ec2' }, times: 1, do: 'cut-off' });
    const seen = await curl(ENDPOINT, '-d', 'Action=DescribeInstances&Version=2016-11-15');
    expect(seen.exitCode).toBe(CURL.partial);
    expect(seen.stdout).toContain('<Response>');
    expect(seen.stdout).not.toContain('</Response>');
  });

  test('a fault of the metadata service, for one path', async () => {
    await sandbox.fault({ match: { service: 'imds', path: '/api/token' }, times: 1, do: { status: 503 } });
    const ask = ['-X', 'PUT', '-H', 'x-aws-ec2-metadata-token-ttl-seconds: 60', `${METADATA}api/token`];
    expect((await curl(...ask)).stdout).toBe('503');
    expect((await curl(...ask)).stdout).toMatch(/200$/);
  });
});

test.each<[Fault, boolean]>([
  ['drop-before', false],
  [{ error: 'InternalError' }, false],
  ['drop-after', true],
  ['cut-off', true],
  [{ delayMs: 10 }, true],
])('%j: whether it was done (%s)', async (fault, done) => {
  await sandbox.fault({ match: { service: 'ec2', action: 'AttachNetworkInterface' }, times: 1, do: fault });
  const answer = await attach();
  expect(answer).toContain(typeof fault === 'object' && 'delayMs' in fault ? '"answer"' : '"error"');
  const { attachment } = (await sandbox.world()).enis[SERVICE_ENI] ?? {};
  expect(attachment?.instanceId).toBe(done ? NODE_A : undefined);
});

describe('a request that stands still', () => {
  test.each([
    ['hold-before', false],
    ['hold-after', true],
  ] as const)(
    '%s: whether it is done while it stands (%s), and done and answered once released',
    async (fault, done) => {
      await sandbox.fault({
        match: { service: 'ec2', action: 'AttachNetworkInterface' },
        times: 1,
        do: fault,
      });
      const holder = async () => (await sandbox.world()).enis[SERVICE_ENI]?.attachment?.instanceId;
      const answer = attach();
      await sandbox.held();
      expect(await holder()).toBe(done ? NODE_A : undefined);
      expect((await sandbox.requests()).filter(({ name }) => name === 'AttachNetworkInterface')).toEqual([]);
      await sandbox.release();
      expect(await holder()).toBe(NODE_A);
      expect(await answer).toContain('"answer"');
    },
  );

  test('is done also when whoever asked is gone by then', async () => {
    await sandbox.fault({ match: { service: 'ec2' }, times: 1, do: 'hold-before' });
    const { running, killGroup } = await spawnAttach();
    await sandbox.held();
    killGroup();
    await running;
    await sandbox.release();
    expect((await sandbox.world()).enis[SERVICE_ENI]?.attachment?.instanceId).toBe(NODE_A);
  });

  test('of the metadata service', async () => {
    await sandbox.fault({ match: { service: 'imds' }, times: 1, do: 'hold-after' });
    const answer = curl(METADATA);
    await sandbox.held();
    await sandbox.release();
    expect((await answer).stdout).toContain('401');
  });
});

describe('out of reach', () => {
  test.each<[Reach, number]>([
    ['refused', CURL.noConnection],
    ['unreachable', CURL.noConnection],
    ['black-hole', CURL.timeout],
    ['on', CURL.ok],
  ])('the endpoint, %s', async (reach, exitCode) => {
    await sandbox.setEndpoint(reach);
    expect((await curl(ENDPOINT)).exitCode).toBe(exitCode);
    await sandbox.setEndpoint('on');
  });

  test('the endpoint for the other node only', async () => {
    await sandbox.setEndpoint('refused', NODE_B);
    expect((await curl(ENDPOINT)).exitCode).toBe(CURL.ok);
    expect((await sandbox.nodes.b.exec('curl', ['-s', ENDPOINT])).exitCode).toBe(CURL.noConnection);
    await sandbox.setEndpoint('on', NODE_B);
  });

  test.each([
    ['off', CURL.ok, '403'],
    ['refused', CURL.noConnection, '000'],
    ['black-hole', CURL.timeout, '000'],
    ['on', CURL.ok, '401'],
  ] as const)('the metadata service, %s', async (mode, exitCode, text) => {
    await sandbox.setImds(NODE_A, mode);
    const seen = await curl(METADATA);
    expect(seen.exitCode).toBe(exitCode);
    expect(seen.stdout).toContain(text);
    await sandbox.setImds(NODE_A, 'on');
  });
});

test('more calls than the bucket holds are throttled', async () => {
  const slow = await startSandbox({
    latencies: { callMs: 0 },
    throttling: { mutating: { capacity: 1, refillPerSecond: 0.001 } },
  });
  try {
    const program = fileURLToPath(new URL('ec2/ec2-call.ts', import.meta.url));
    const input = JSON.stringify({ AttachmentId: 'eni-attach-0ffffffffffffffff' });
    const detach = () => slow.nodes.a.exec(BUN, ['--no-env-file', program, 'DetachNetworkInterface', input]);
    expect((await detach()).stdout).toContain('InvalidAttachmentID.NotFound');
    expect(JSON.parse((await detach()).stdout)).toMatchObject({
      error: { code: 'RequestLimitExceeded', status: 503 },
    });
  } finally {
    await slow.close();
  }
});

test('nothing here went wrong in the sandbox itself', async () => {
  const unexpected = (await sandbox.violations()).filter((text) => !text.startsWith('GET / '));
  expect(unexpected).toEqual([]);
});

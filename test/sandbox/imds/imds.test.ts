import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sandbox, SandboxNode } from '../sandbox.ts';
import { startSandbox } from '../sandbox.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../sandbox-options.ts';

const BASE = 'http://169.254.169.254';
const MACS = '/latest/meta-data/network/interfaces/macs/';
const MAC = '02:d4:e5:f6:07:18';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ service: { ipv4: ['10.2.0.10', '10.2.0.11'], ipv6: ['fd00:2::10'] } });
  await sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 3 });
});
afterAll(() => sandbox.close());

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function curl(node: SandboxNode, ...args: readonly string[]): Promise<Answer> {
  const { stdout } = await node.exec('curl', ['-s', '-m', '5', '-w', '\n%{http_code}', ...args]);
  const end = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
}

async function token(node: SandboxNode, ttl = '60', ...args: readonly string[]): Promise<Answer> {
  return curl(
    node,
    '-X',
    'PUT',
    '-H',
    `x-aws-ec2-metadata-token-ttl-seconds: ${ttl}`,
    ...args,
    `${BASE}/latest/api/token`,
  );
}

async function get(path: string, node: SandboxNode = sandbox.nodes.a): Promise<Answer> {
  const { body } = await token(node);
  return curl(node, '-H', `x-aws-ec2-metadata-token: ${body}`, `${BASE}${path}`);
}

test.each([
  ['/latest/meta-data/instance-id', NODE_A],
  ['/latest/meta-data/instance-type', 'm5.large'],
  ['/latest/meta-data/mac', '02:aa:aa:aa:aa:aa'],
  ['/latest/meta-data/placement/region', 'eu-central-1'],
  ['/latest/meta-data/placement/availability-zone', 'eu-central-1a'],
  ['/latest/meta-data/services/partition', 'aws'],
  ['/2021-07-15/meta-data/services/domain', 'amazonaws.com'],
  ['/latest/meta-data/iam/security-credentials/', 'aws-eni-node'],
  [MACS, `02:aa:aa:aa:aa:aa/\n${MAC}/`],
  [`${MACS}${MAC}/device-number`, '3'],
  [`${MACS}${MAC}/interface-id`, SERVICE_ENI],
  [`${MACS}${MAC}/local-ipv4s`, '10.2.0.10\n10.2.0.11'],
  [`${MACS}${MAC}/ipv6s`, 'fd00:2::10'],
  [`${MACS}${MAC}/subnet-ipv4-cidr-block`, '10.2.0.0/24'],
  [`${MACS}${MAC}/subnet-ipv6-cidr-blocks`, 'fd00:2::/64'],
  ['/latest/meta-data/placement', 'availability-zone\navailability-zone-id\nregion'],
])('%s', async (path, body) => {
  expect(await get(path)).toEqual({ status: 200, body });
});

test('the identity document names the instance', async () => {
  const { body } = await get('/latest/dynamic/instance-identity/document');
  expect(JSON.parse(body)).toMatchObject({
    instanceId: NODE_A,
    instanceType: 'm5.large',
    region: 'eu-central-1',
    availabilityZone: 'eu-central-1a',
    privateIp: '10.1.0.11',
  });
});

test.each([
  '/latest/meta-data/none',
  '/latest/meta-data/mac/',
  '/1999-01-01/meta-data/mac',
  `${MACS}02:aa:aa:aa:aa:aa/ipv6s`,
])('%s is not there', async (path) => {
  expect((await get(path)).status).toBe(404);
});

test.each(['0', '21601', '-1', 'x'])('no token for a time to live of %s', async (ttl) => {
  expect((await token(sandbox.nodes.a, ttl)).status).toBe(400);
});

test('no token through a proxy, nor from a dated path', async () => {
  expect((await token(sandbox.nodes.a, '60', '-H', 'X-Forwarded-For: 10.1.0.12')).status).toBe(403);
  const dated = [
    '-X',
    'PUT',
    '-H',
    'x-aws-ec2-metadata-token-ttl-seconds: 60',
    `${BASE}/2021-07-15/api/token`,
  ];
  expect((await curl(sandbox.nodes.a, ...dated)).status).toBe(403);
});

test("nothing without a token, nor with a wrong one, nor with the other instance's", async () => {
  const url = `${BASE}/latest/meta-data/instance-id`;
  const { body: others } = await token(sandbox.nodes.b);
  expect((await curl(sandbox.nodes.a, url)).status).toBe(401);
  expect((await curl(sandbox.nodes.a, '-H', 'x-aws-ec2-metadata-token: x', url)).status).toBe(401);
  expect((await curl(sandbox.nodes.a, '-H', `x-aws-ec2-metadata-token: ${others}`, url)).status).toBe(401);
});

test('each node is told about itself', async () => {
  expect((await get('/latest/meta-data/instance-id', sandbox.nodes.b)).body).toBe(NODE_B);
  expect((await get(MACS, sandbox.nodes.b)).body).toBe('02:bb:bb:bb:bb:bb/');
});

test('nothing unmodelled was asked', async () => {
  expect(await sandbox.violations()).toEqual([]);
});

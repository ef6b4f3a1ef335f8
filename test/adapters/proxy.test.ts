import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { proxyFor, shownProxy } from '../../src/adapters/proxy.ts';

const EC2 = 'ec2.eu-central-1.amazonaws.com';

/** The proxy on the way to a host, as it is shown; `straight` without one. */
function wayTo(hostname: string, port?: number, protocol = 'https:'): string {
  const proxy = proxyFor({ protocol, hostname, port });
  return proxy === undefined ? 'straight' : shownProxy(proxy);
}

beforeEach(() => {
  for (const name of ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY', 'no_proxy', 'NO_PROXY']) {
    vi.stubEnv(name, undefined);
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('which proxy', () => {
  test.each([
    ['HTTPS_PROXY', 'http://user:secret@proxy.example.com:3128', 'http://proxy.example.com:3128'],
    ['https_proxy', 'https://proxy.example.com', 'https://proxy.example.com'],
    ['HTTPS_PROXY', 'proxy.example.com:3128', 'http://proxy.example.com:3128'],
    ['HTTPS_PROXY', 'user:s%40crt@proxy.example.com:3128', 'http://proxy.example.com:3128'],
    ['HTTPS_PROXY', '10.0.0.1:3128', 'http://10.0.0.1:3128'],
    ['HTTPS_PROXY', '[fd00::1]:3128', 'http://[fd00::1]:3128'],
    ['HTTPS_PROXY', 'localhost', 'http://localhost'],
    ['HTTPS_PROXY', ' http://proxy.example.com:3128/ ', 'http://proxy.example.com:3128'],
    ['ALL_PROXY', 'proxy.example.com:3128', 'http://proxy.example.com:3128'],
    ['HTTP_PROXY', 'http://proxy.example.com:3128', 'straight'],
    ['HTTPS_PROXY', '', 'straight'],
  ])('%s=%s: %s', (name, value, expected) => {
    vi.stubEnv(name, value);
    expect(wayTo(EC2)).toBe(expected);
  });

  test('an endpoint without TLS is called straight', () => {
    vi.stubEnv('HTTPS_PROXY', 'http://proxy.example.com:3128');
    expect(wayTo('10.1.0.1', 8773, 'http:')).toBe('straight');
  });

  test.each([
    'socks5://user:secret@proxy.example.com:1080',
    'http://',
    'http://user:secret@proxy.example.com:port',
    'http://user:sec%ret@proxy.example.com:3128',
    'user:se/cret@proxy.example.com',
    'ftp://proxy.example.com',
  ])('%s can not be used, which is said without the password', (value) => {
    vi.stubEnv('HTTPS_PROXY', value);
    expect(() => wayTo(EC2)).toThrow(
      expect.objectContaining({
        kind: 'node',
        message: expect.stringMatching(
          /^HTTPS_PROXY is no proxy that the agent can use: [a-z0-9]+:\/\/(?!.*(?:secret|sec%ret|cret)).*; write it as/,
        ),
      }),
    );
  });

  test('what can not be used matters to no host that is called straight', () => {
    vi.stubEnv('HTTPS_PROXY', 'socks5://proxy.example.com:1080');
    vi.stubEnv('NO_PROXY', 'amazonaws.com');
    expect(wayTo(EC2)).toBe('straight');
  });
});

describe('NO_PROXY', () => {
  test.each([
    [EC2, EC2],
    [EC2, 'amazonaws.com'],
    [EC2, '.amazonaws.com'],
    [EC2, '*.amazonaws.com'],
    [EC2, 'AmazonAWS.com'],
    [EC2, 'amazonaws.com.'],
    [EC2, 'localhost, .example.com  amazonaws.com'],
    [EC2, '*'],
    [EC2, 'localhost,*'],
    [EC2, 'amazonaws.com:443'],
    ['10.1.0.1', '10.1.0.1'],
    ['10.1.0.1', '10.1.0.0/16'],
    ['[fd00:1::1]', 'fd00:1::1'],
    ['[fd00:1::1]', '[FD00:1:0::1]'],
    ['[fd00:1::1]', 'fd00:1::/32'],
  ])('%s is called straight with %s', (host, value) => {
    vi.stubEnv('HTTPS_PROXY', 'http://proxy.example.com:3128');
    vi.stubEnv('NO_PROXY', value);
    expect(wayTo(host)).toBe('straight');
  });

  test.each([
    [EC2, 'aws.com'],
    [EC2, 'eu-central-1'],
    [EC2, 'amazonaws.com:8443'],
    [EC2, 'amazonaws.com.cn'],
    [EC2, '10.1.0.0/16'],
    [EC2, ''],
    ['10.1.0.1', '.1'],
    ['10.1.0.1', '0.1'],
    ['10.1.0.1', '10.2.0.0/16'],
  ])('%s is called by the proxy with %s', (host, value) => {
    vi.stubEnv('HTTPS_PROXY', 'http://proxy.example.com:3128');
    vi.stubEnv('NO_PROXY', value);
    expect(wayTo(host)).toBe('http://proxy.example.com:3128');
  });
});

import { afterEach, expect, test, vi } from 'vitest';
import { proxyFor } from '../../src/adapters/proxy.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  ['https://ec2.eu-central-1.amazonaws.com', '', 'http://proxy.example.com:3128'],
  ['https://ec2.eu-central-1.amazonaws.com', '.amazonaws.com', undefined],
  ['http://10.1.0.1:8773', '', undefined],
])('the way to %s with NO_PROXY=%s: %s', async (url, noProxy, expected) => {
  vi.stubEnv('HTTPS_PROXY', 'http://user:secret@proxy.example.com:3128');
  vi.stubEnv('NO_PROXY', noProxy);
  expect(await proxyFor(url)).toBe(expected);
});

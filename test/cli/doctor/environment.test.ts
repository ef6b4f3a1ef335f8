import { expect, test } from 'vitest';
import { checkEnvironment } from '../../../src/cli/doctor/check-environment.ts';
import { lookAtEnvironments } from '../../../src/cli/doctor/environment.ts';
import { absent, present, unknown } from '../../../src/core/reading.ts';
import type { Host } from '../../../src/ports/host.ts';

type Variables = Readonly<Record<string, string>>;

const environ = (variables: Variables): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\0`)
    .join('');

/** A node where this process has one environment and Pacemaker's executor the other. */
function nodeWith(here: Variables, there: Variables | 'EACCES' | undefined, files: Variables = {}): Host {
  const all: Variables = {
    '/proc/self/environ': environ(here),
    '/proc/7/comm': 'bash\n',
    ...(there === undefined
      ? {}
      : {
          '/proc/9/comm': 'pacemaker-execd\n',
          '/proc/9/environ': there === 'EACCES' ? there : environ(there),
        }),
    ...files,
  };
  return {
    programVersion: async () => absent,
    unit: async () => absent,
    names: async (directory) => (directory === '/proc' ? ['self', '7', '9'] : []),
    file: async (path) => {
      const text = all[path];
      if (text === 'EACCES') return unknown(`${path} could not be read (EACCES)`);
      return text === undefined ? absent : present(text);
    },
    monitor: async () => absent,
  };
}

const judge = async (...given: Parameters<typeof nodeWith>) =>
  checkEnvironment(await lookAtEnvironments(nodeWith(...given)));

test.each<[Variables, Variables]>([
  [{}, {}],
  [
    { PATH: '/bin', LANG: 'C', PS1: '=\n' },
    { PATH: '/usr/bin', OCF_ROOT: '/usr/lib/ocf' },
  ],
  [{ HTTPS_PROXY: 'http://p:1' }, { https_proxy: 'http://p:1' }],
  [{ NO_PROXY: '' }, {}],
  [{ HOME: '/root' }, {}],
  [{ AWS_PROFILE: 'a=b' }, { AWS_PROFILE: 'a=b' }],
])('%j and %j are the same to the agent', async (here, there) => {
  expect(await judge(here, there)).toMatchObject({ id: 'environment', status: 'ok' });
});

test.each<[Variables, Variables, string]>([
  [{ HTTPS_PROXY: 'http://p:1' }, {}, 'HTTPS_PROXY is http://p:1 here, and unset there'],
  [{}, { https_proxy: 'p:1' }, 'HTTPS_PROXY is p:1 there, and unset here'],
  [{ no_proxy: 'a', NO_PROXY: 'b' }, { NO_PROXY: 'b' }, 'NO_PROXY is a here, and b there'],
  [{ AWS_CA_BUNDLE: '/ca.pem' }, {}, 'AWS_CA_BUNDLE is /ca.pem here, and unset there'],
  [{}, { SSL_CERT_FILE: '/ca.pem' }, 'SSL_CERT_FILE is /ca.pem there, and unset here'],
  [{ HOME: '/home/operator' }, {}, 'HOME is /home/operator here, and /root there'],
  [{}, { AWS_EC2_METADATA_DISABLED: 'true' }, 'AWS_EC2_METADATA_DISABLED is true there, and unset here'],
])('%j and %j differ: %s', async (here, there, said) => {
  expect(await judge(here, there)).toMatchObject({
    status: 'warning',
    found: `not that of Pacemaker's agents: ${said}`,
    remedy: expect.stringContaining("NAME=value without 'export'"),
  });
});

test('no key, token or password is shown', async () => {
  const check = await judge(
    {
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'hidden-1',
      AWS_SESSION_TOKEN: 'hidden-2',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'hidden-3',
      HTTPS_PROXY: 'user:hidden-4@p:1',
      ALL_PROXY: 'http://user:hid@den-5@p:1',
      AWS_ENDPOINT_URL_EC2: 'https://user:hidden-6@host',
    },
    { AWS_SECRET_ACCESS_KEY: 'hidden-7', HTTPS_PROXY: 'http://user:hidden-8@p:2' },
  );
  expect(check).toMatchObject({
    status: 'warning',
    found: expect.stringContaining('AWS_SECRET_ACCESS_KEY differs'),
  });
  expect(JSON.stringify(check)).not.toMatch(/hidden|den-5|AKIA/);
});

test('a line with export in Pacemaker’s file is told of, where its variable is missed', async () => {
  const files = {
    '/etc/sysconfig/pacemaker': '# export A=1\nexport https_proxy=http://p:1\nexport PCMK_debug=no\n',
  };
  const { remedy } = await judge({ HTTPS_PROXY: 'http://p:1' }, {}, files);
  expect(remedy).toContain("; HTTPS_PROXY stands behind an 'export' there, so systemd ignores it");
});

test('what can’t be read is not checked', async () => {
  expect(await judge({}, undefined)).toMatchObject({ status: 'unknown' });
  expect(await judge({}, 'EACCES')).toMatchObject({
    status: 'unknown',
    found: '/proc/9/environ could not be read (EACCES)',
  });
});

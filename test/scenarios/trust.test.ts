import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { callAgent, eniId, environmentOf, executable, quick } from './agent.ts';

let sandbox: Sandbox;
let node: SandboxNode;
beforeAll(async () => {
  sandbox = await startSandbox({ latencies: quick });
  node = sandbox.nodes.a;
});
afterAll(() => sandbox?.close());

async function shell(script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await node.exec('sh', ['-ec', script]);
  if (exitCode !== 0) throw new Error(`${script}: ${stderr}`);
  return stdout;
}

describe('EC2 is who its certificate says', () => {
  const ask = async (environment: Readonly<Record<string, string>>): Promise<string> => {
    const parameters = {
      eni_id: eniId,
      endpoint_url: 'https://127.0.0.1:8443',
      max_attempts: '1',
      request_timeout: '300ms',
    };
    const { exitCode, stderr } = await callAgent(sandbox, node, 'validate-all', {
      parameters,
      environment: { OCF_CHECK_LEVEL: '10', ...environment },
      timeoutMs: 3_000,
    });
    expect(exitCode).toBe(1);
    return stderr;
  };

  test('one that nobody vouches for is refused, whatever the environment says, and one that root trusts is not', async () => {
    await shell(`cd /run; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \\
      -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem 2>&1`);
    const server = [
      's_server',
      '-accept',
      '127.0.0.1:8443',
      '-cert',
      '/run/cert.pem',
      '-key',
      '/run/key.pem',
    ];
    const { killGroup, running } = await node.spawn('openssl', [...server, '-www', '-quiet']);
    try {
      await shell('until curl -kfs -m 2 -o /dev/null https://127.0.0.1:8443/; do sleep 0.1; done');
      for (const environment of [{}, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }]) {
        expect(await ask(environment)).toContain('SELF_SIGNED_CERT');
      }
      // What root has said to trust is: the connection stands, and that server has no answer to a POST.
      const trusted = await ask({ NODE_EXTRA_CA_CERTS: '/run/cert.pem' });
      expect(trusted).toContain('calling EC2 ended in TimeoutError');
      expect(trusted).not.toContain('SELF_SIGNED_CERT');
    } finally {
      killGroup();
      await running;
    }
  });
});

describe('nothing is taken from the working directory', () => {
  const HERE = '/run/hostile';
  const OWN = 'echo owned >> /run/owned';

  beforeAll(async () => {
    const preload = `require('node:fs').appendFileSync('/run/owned', 'preload\\\\n');`;
    await shell(`mkdir -p ${HERE}/bin ${HERE}/.aws; cd ${HERE}
      for package in https-proxy-agent yargs @aws-sdk/client-ec2 ipaddr.js; do
        mkdir -p node_modules/$package; printf "${preload}" > node_modules/$package/index.js
        echo '{"main":"index.js"}' > node_modules/$package/package.json
      done
      printf "${preload}" > preload.js; cp preload.js index.js; cp preload.js main.js
      echo 'preload = ["./preload.js"]' > bunfig.toml; cp bunfig.toml .bunfig.toml
      echo '{"main":"preload.js","imports":{"#x":"./preload.js"}}' > package.json
      echo '{"compilerOptions":{"paths":{"*":["./preload.js"]}}}' > tsconfig.json
      printf 'AWS_ENDPOINT_URL_EC2=http://127.0.0.1:1\\nHA_RSCTMP=/nowhere\\nOCF_RESKEY_detach_mode=force\\n' > .env
      printf '[default]\\nendpoint_url=http://127.0.0.1:1\\ncredential_process=${HERE}/ip\\n' > .aws/config
      for program in ip logger flock sh bin/ip bin/logger bin/flock; do
        printf '#!/bin/sh\\n${OWN}\\n' > $program; chmod 755 $program
      done`);
  });

  test.for(['', ':', ':/usr/bin', '.', '.:/usr/bin:/usr/sbin', './bin:/usr/bin', 'bin', '/usr/bin::/sbin'])(
    'with PATH=%j',
    async (PATH) => {
      for (const action of ['start', 'monitor', 'validate-all', 'stop', 'usage', 'meta-data']) {
        const env = environmentOf(sandbox, node, action, { environment: { PATH, OCF_CHECK_LEVEL: '10' } });
        const { exitCode, stderr } = await node.exec(
          '/usr/bin/env',
          [`--chdir=${HERE}`, `PATH=${PATH}`, executable, action],
          { env: { ...env, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } },
        );
        expect({ action, exitCode, stderr }).toMatchObject({ action, exitCode: 0 });
      }
      expect(await shell('cat /run/owned 2>/dev/null || true')).toBe('');
    },
  );

  test('what is there would have been taken by whoever looks there', async () => {
    expect(await shell(`cd ${HERE}; PATH=.:/bin; ip; cat /run/owned; rm /run/owned`)).toBe('owned');
  });
});

test('nothing was asked that the sandbox does not know', async () => {
  expect(await sandbox.violations()).toEqual([]);
});

import { chmodSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { absent } from '../../src/core/reading.ts';
import type { Host } from '../../src/ports/host.ts';
import { makeScratchDirectory } from '../sandbox/scratch-directory.ts';

const { path: scratch, remove } = await makeScratchDirectory();
const CONTEXT = 'system_u:system_r:cluster_t:s0';

/** Stands for the agent: tells what it was given, and fails as an agent does whose ip is silent. */
const AGENT = `#!/bin/sh
echo "$*; $OCF_RESOURCE_INSTANCE; $OCF_RESKEY_eni_id; $OCF_RESKEY_repair; \${OCF_RESKEY_endpoint_url-none}; \${IN-here}" > ${scratch}/seen
echo 'WARNING: trying again' >&2
echo "ocf-exit-reason:'ip' printed nothing" >&2
exit 1
`;

/** Stands for runcon(1), which no machine without SELinux can try. */
const RUNCON = `#!/bin/sh
case $1 in ${CONTEXT}) shift; IN=there exec "$@" ;; esac
echo "runcon: invalid context: '$1'" >&2
exit 125
`;

let host: Host;

beforeAll(async () => {
  for (const [name, script] of [
    ['agent', AGENT],
    ['runcon', RUNCON],
  ] as const) {
    writeFileSync(`${scratch}/${name}`, script);
    chmodSync(`${scratch}/${name}`, 0o755);
  }
  vi.stubEnv('PATH', `${scratch}:${process.env['PATH']}`);
  vi.resetModules();
  const { createHost } = await import('../../src/adapters/operator/host.ts');
  host = createHost(`${scratch}/agent`);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await remove();
});

const resource = {
  name: 'service-eni',
  parameters: { eni_id: 'eni-0a1b2c3d4e5f60718', repair: 'true', endpoint_url: 'https://user:secret@host' },
};

test.each([
  [undefined, 'here'],
  [CONTEXT, 'there'],
])('a monitor in context %s changes nothing and knows no secret', async (context, where) => {
  expect(await host.monitor(resource, context)).toEqual({
    state: 'present',
    value: { exitCode: 1, reason: "'ip' printed nothing" },
  });
  expect(await host.file(`${scratch}/seen`)).toMatchObject({
    value: `monitor; service-eni; eni-0a1b2c3d4e5f60718; false; none; ${where}\n`,
  });
});

test('a context that cannot be entered is no answer of the agent', async () => {
  expect(await host.monitor(resource, 'no:such:context')).toEqual({
    state: 'unknown',
    because: "runcon: invalid context: 'no:such:context'",
  });
});

test('an agent that cannot be run there is no answer either', async () => {
  const { createHost } = await import('../../src/adapters/operator/host.ts');
  const answer = await createHost(`${scratch}/nowhere`).monitor(resource, CONTEXT);
  expect(answer).toMatchObject({ state: 'unknown', because: expect.stringContaining('nowhere') });
  expect(answer).not.toEqual(absent);
});

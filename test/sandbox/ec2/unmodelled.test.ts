import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUN } from '../programs.ts';
import type { Sandbox } from '../sandbox.ts';
import { startSandbox } from '../sandbox.ts';
import { NODE_A, SERVICE_ENI } from '../sandbox-options.ts';

/** These leave violations behind, as they should. */
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ latencies: { callMs: 0 } });
});
afterAll(() => sandbox.close());

test.each<[string, string, object, string]>([
  ['InvalidAction', 'DescribeVpcs', {}, 'DescribeVpcs'],
  [
    'InvalidParameterValue',
    'DescribeInstances',
    { Filters: [{ Name: 'dns-name', Values: ['x'] }] },
    'filter dns-name',
  ],
  [
    'InvalidParameterValue',
    'DescribeInstances',
    { Filters: [{ Name: 'instance-id', Values: ['i-*'] }] },
    'filter instance-id',
  ],
  [
    'UnknownParameter',
    'AttachNetworkInterface',
    { NetworkInterfaceId: SERVICE_ENI, InstanceId: NODE_A, DeviceIndex: 1, EnaQueueCount: 2 },
    'parameter EnaQueueCount',
  ],
])('%s for %s %j, and a violation', async (code, command, input, violation) => {
  const program = fileURLToPath(new URL('ec2-call.ts', import.meta.url));
  const { stdout } = await sandbox.nodes.a.exec(BUN, [
    '--no-env-file',
    program,
    command,
    JSON.stringify(input),
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code, status: 400 } });
  expect((await sandbox.violations()).at(-1)).toContain(violation);
  expect((await sandbox.world()).enis[SERVICE_ENI]?.attachment).toBeUndefined();
});

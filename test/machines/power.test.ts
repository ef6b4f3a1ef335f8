import { aroundAll, beforeEach, expect, test } from 'vitest';
import { startEcho } from '../sandbox/programs.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { NODE_A, SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import type { ServiceClient } from '../sandbox/service-client.ts';
import { holderOf, mutatingCalls } from '../scenarios/expectations.ts';
import { deviceOf, readNetwork } from '../scenarios/node-network.ts';
import {
  act,
  expectDone,
  expectServes,
  machine,
  SERVICE_PORT,
  sh,
  underRequests,
  withMachines,
} from './machine-nodes.ts';

const MAC = '02:d4:e5:f6:07:18';

let sandbox: Sandbox;
let client: ServiceClient;
aroundAll((runTests) =>
  withMachines({ a: { machine: machine() } }, (machines) =>
    underRequests(machines, async (requests) => {
      [sandbox, client] = [machines, requests];
      await startEcho(sandbox.nodes.b, SERVICE_PORT);
      await runTests();
    }),
  ),
);

/** What the resource has in /run, but for its lock: that is there for ever, and free. */
const OWN_FILES = 'find /run -name "*aws-eni*" ! -name "*.lock"';

beforeEach(async () => {
  const { a } = sandbox.nodes;
  await expectDone(act(sandbox, a, 'start'));
  await client.answeredBy('node-a');
  const files = await sh(a, OWN_FILES);
  expect(files).toContain('/aws-eni-service-eni');
  expect(files).toContain('/99-zz-aws-eni-service-eni.rules');
});

/** The machine has booted anew: monitor says that nothing runs, from the kernel alone, and there is nothing of the resource. */
async function expectFresh(): Promise<void> {
  const { a } = sandbox.nodes;
  expect(await act(sandbox, a, 'monitor')).toMatchObject({ exitCode: 7, stderr: '' });
  const { rules, routes, addresses } = await readNetwork(a);
  expect(rules).not.toContain('10.2.0.10');
  expect(routes).not.toMatch(/table (?:MYHA|100)/);
  expect(addresses).not.toContain('10.2.0.');
  expect(await sh(a, OWN_FILES)).toBe('');
}

/** The ENI that is attached still is there, a device that nobody has configured. */
async function expectAttached(): Promise<void> {
  expect(await holderOf(sandbox)).toBe(NODE_A);
  expect(await deviceOf(sandbox.nodes.a, MAC)).toBe('ens6');
}

/** The next start serves without a change in EC2. */
async function expectStartsAgain(): Promise<void> {
  const { a } = sandbox.nodes;
  await sandbox.resetRequests();
  await expectDone(act(sandbox, a, 'start'));
  expect(await mutatingCalls(sandbox)).toEqual([]);
  await client.answeredBy('node-a');
  await expectServes(sandbox, a);
}

test('a machine that loses its power while it serves', async () => {
  await sandbox.powerOff(NODE_A);
  await sandbox.boot(NODE_A);
  await expectAttached();
  await expectFresh();
  await expectStartsAgain();
});

test('a machine that is rebooted while it serves', async () => {
  const rebooted = sandbox.restarted(NODE_A);
  await sh(sandbox.nodes.a, 'systemctl --no-block reboot');
  await rebooted;
  await expectAttached();
  await expectFresh();
  await expectStartsAgain();
});

test('a machine that crashes and reboots by itself', async () => {
  const rebooted = sandbox.restarted(NODE_A);
  await sh(sandbox.nodes.a, 'sysctl -q kernel.panic=1');
  await sandbox.nodes.a.spawn('sh', ['-c', 'echo c > /proc/sysrq-trigger']);
  await rebooted;
  await expectAttached();
  await expectFresh();
  await expectStartsAgain();
});

test('a machine that crashes and stays so: the other node takes the ENI by force, and gives it back', async () => {
  const { a, b } = sandbox.nodes;
  await sh(a, 'sysctl -q kernel.panic=0');
  // As EC2 sees it: the guest no longer answers when a device is to go.
  await sandbox.hang(NODE_A);
  await a.spawn('sh', ['-c', 'echo c > /proc/sysrq-trigger']);
  const taken = { parameters: { eni_id: SERVICE_ENI, force_after: '1s' } };
  await expectDone(act(sandbox, b, 'start', taken));
  await client.answeredBy('node-b');
  await sandbox.powerOff(NODE_A);
  await sandbox.boot(NODE_A);
  expect(await deviceOf(a, MAC)).toBe('');
  await expectFresh();
  await expectDone(act(sandbox, a, 'start'));
  await client.answeredBy('node-a');
  await expectServes(sandbox, a);
  await expectDone(act(sandbox, b, 'stop'));
});

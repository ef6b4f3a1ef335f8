import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { eniId, environmentOf, executable, quick } from './agent.ts';

/** What a shell, a program's options or a terminal would make of it is never seen. */
const HOSTILE: readonly (readonly [parameter: string, value: string])[] = [
  ['eni_id', '$(touch /run/owned)'],
  ['eni_id', '`touch /run/owned`'],
  ['eni_id', `${eniId}; touch /run/owned`],
  ['eni_id', `${eniId}\ntouch /run/owned`],
  ['eni_id', '--help'],
  ['eni_id', 'x'.repeat(100_000)],
  ['ip', '10.2.0.10 && touch /run/owned'],
  ['ip', '-batch'],
  ['ip', '10.2.0.10\nlink set dev eth0 down'],
  ['region', 'eu-central-1.example.org/'],
  ['region', 'eu-central-1\n'.repeat(2)],
  ['device_index', '1; touch /run/owned'],
  ['routing_table', 'x; touch /run/owned'],
  ['routing_table', '../../etc/cron.d/x'],
  ['routing_table', '\u001b[2J'],
  ['routing_table_id', '100\nrule flush'],
  ['rule_priority', '0x64'],
  ['rule_from', '10.2.0.0/24\tlookup main'],
  ['rule_from', '-force'],
  ['router', '10.2.0.1 dev eth0'],
  ['manage_addresses', '$(true)'],
  ['detach_mode', '__proto__'],
  ['force_after', '30s; touch /run/owned'],
  ['stop_fallback', '\u202eliaf'],
  ['repair', 'constructor'],
  ['profile', '--help'],
  ['profile', '../../etc/passwd'],
  ['endpoint_url', 'http://admin:hunter2@10.1.0.1:8773/'],
  ['endpoint_url', 'file:///etc/passwd'],
  ['endpoint_url', 'http://10.1.0.1:8773/\nocf-exit-reason:owned'],
  ['endpoint_url', `http://${'x'.repeat(100_000)}/`],
  ['connect_timeout', '1e9'],
  ['max_attempts', '-1'],
];

/** A shell that looked at them would do something, and so would a terminal. */
const UNKNOWN = {
  'OCF_RESKEY_a\nocf-exit-reason:owned': '1',
  'OCF_RESKEY_$(touch /run/owned)': '$(touch /run/owned)',
  'OCF_RESKEY_\u001b[2J': `\n${'x'.repeat(100_000)}`,
};

let sandbox: Sandbox;
let node: SandboxNode;
let before: string;
beforeAll(async () => {
  sandbox = await startSandbox({ latencies: quick });
  node = sandbox.nodes.a;
  await node.exec('mkdir', ['-p', '/run/empty']);
  before = await files();
});
afterAll(() => sandbox?.close());

/** All that hostile words could have made: files, and changes of the node's network. */
async function files(): Promise<string> {
  const look = 'ls -A /run /run/empty /etc/iproute2 /etc/cron.d 2>/dev/null; ip rule; ip -brief link';
  const { stdout } = await node.exec('sh', ['-c', look]);
  // A run directory is not one.
  return stdout.replace('resource-agents\n', '');
}

async function call(action: string, parameters: Readonly<Record<string, string>>, environment = {}) {
  const env = environmentOf(sandbox, node, action, { parameters, environment });
  // Not by a shell, which would drop names that are none of its variables'.
  const inEmpty = ['--chdir=/run/empty', executable, action];
  const { exitCode, stdout, stderr } = await node.exec('env', inEmpty, { env });
  const lines = stderr.split('\n');
  const reasons = lines.filter((line) => line.startsWith('ocf-exit-reason:'));
  const warnings = lines.filter((line) => line.startsWith('WARNING: '));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may get through
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]|hunter2|^ocf-exit-reason:owned/m);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(2_100);
  return { exitCode, reasons, warnings };
}

describe('a value that no node could use is refused, by each action, in one line', () => {
  const rows = HOSTILE.map(([name, value]) => [name, JSON.stringify(value).slice(0, 60), value] as const);
  test.for(rows)('%s %s', async ([parameter, , value]) => {
    const parameters = { eni_id: eniId, [parameter]: value };
    const [start, monitor] = await Promise.all([call('start', parameters), call('monitor', parameters)]);
    for (const { exitCode, reasons } of [start, monitor]) {
      expect({ exitCode, reasons: reasons.length }).toEqual({ exitCode: 6, reasons: 1 });
      expect(reasons[0]).toContain(`ocf-exit-reason:${parameter}: "`);
    }
    // Nothing was started with it, so that there is nothing to stop.
    const stop = await call('stop', parameters);
    expect(stop).toMatchObject({ exitCode: 0, reasons: [] });
    expect(stop.warnings).toHaveLength(1);
  });
});

test('parameters that do not exist are warned of, one line each, and nothing else happens', async () => {
  const validated = await call('validate-all', { eni_id: eniId }, UNKNOWN);
  expect(validated).toMatchObject({ exitCode: 0, reasons: [] });
  expect(validated.warnings).toHaveLength(Object.keys(UNKNOWN).length);
  expect(await call('monitor', { eni_id: eniId }, UNKNOWN)).toMatchObject({ exitCode: 7, reasons: [] });
});

test('the resource’s name is a word of its own, whatever is in it', async () => {
  for (const name of ['../../etc/x', '$(touch /run/owned)', '--help', 'a\nb', 'x'.repeat(100_000)]) {
    const { exitCode } = await call('monitor', { eni_id: eniId }, { OCF_RESOURCE_INSTANCE: name });
    expect({ name: name.slice(0, 40), exitCode }).toEqual({ name: name.slice(0, 40), exitCode: 7 });
  }
});

test('an action that does not exist is named in one line', async () => {
  const { exitCode, stderr } = await node.exec(executable, [
    'start\nocf-exit-reason:owned; touch /run/owned',
  ]);
  expect({ exitCode, lines: stderr.split('\n').length }).toEqual({ exitCode: 3, lines: 1 });
});

test('none of it made a file, a rule or a request that changes anything', async () => {
  expect(await files()).toBe(before);
  const asked = (await sandbox.requests()).map(({ name }) => name);
  expect(asked.filter((name) => /^(?:Attach|Detach)/.test(name))).toEqual([]);
  expect(await sandbox.violations()).toEqual([]);
});

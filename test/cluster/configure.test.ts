import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parameterNames } from '../../src/ocf/parameters.ts';
import { chosenRelease } from '../releases/releases.ts';
import { quick } from '../scenarios/agent.ts';
import { mutatingCalls } from '../scenarios/expectations.ts';
import type { Cluster } from './cluster.ts';
import { startCluster } from './cluster.ts';
import { RESOURCE } from './expectations.ts';
import { readmeCommands, readmeConfiguration } from './readme-commands.ts';

/** Times differ from run to run, and what Pacemaker calls an exit code from version to version. */
function comparable(text: string): string {
  return text
    .replaceAll(/[\d.]+ (ms|s)\b/g, 'N $1')
    .replaceAll(/(?<=returned \d+) \(.*\)$/gm, '')
    .trim();
}

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ latencies: quick, deviceNames: ['eth1'], rename: 'never' });
});
afterAll(() => cluster.close());

test('crm ra info shows the agent and each parameter', async () => {
  const info = await cluster.run('crm ra info ocf:custom:aws-eni 2>&1');
  // Crmsh 5 has the name before the title, older ones have it after that.
  expect(info).toMatch(
    /^(?:ocf:custom:aws-eni - )?Moves an AWS network interface .*?(?: \(ocf:custom:aws-eni\))?$/m,
  );
  for (const name of parameterNames) expect(info).toMatch(new RegExp(`^${name} \\(`, 'm'));
  expect(info).not.toMatch(/error|warning/i);
});

test('the README’s preflight check answers as it shows, before anything is configured', async () => {
  const { a } = cluster.sandbox.nodes;
  const [, command = '', answer] =
    /^# (.*)\n([\s\S]*)$/.exec(readmeCommands('Preflight check', 'validate-all')) ?? [];
  // Where the package puts the agent.
  const path = 'PATH=/usr/lib/ocf/resource.d/custom:$PATH';
  expect(await cluster.run(`${path}; ${command} 2>&1`, a)).toBe(answer?.trim());
});

test('the README’s commands configure the cluster without a word of warning', async () => {
  expect(await cluster.run(`{ ${readmeConfiguration()}} 2>&1`)).toBe('');
  expect(await cluster.run('crm_verify --live-check -VV 2>&1')).toBe('');
  expect(await cluster.run('crm configure verify 2>&1')).toBe('');
  const status = await cluster.until('started', ({ resources }) =>
    resources.some(({ id, role }) => id === RESOURCE && role === 'Started'),
  );
  expect(status.failures).toEqual([]);
  const properties = await cluster.run('crm configure show cib-bootstrap-options');
  expect(properties).toContain('start-failure-is-fatal=false');
  // What is called otherwise by other versions of Pacemaker.
  expect(properties).not.toMatch(/stonith|fencing/);
});

test('crmsh tells of a second resource of the same ENI, and its probe does the first no harm', async () => {
  const said = await cluster.run(
    'crm configure primitive second ocf:custom:aws-eni params eni_id=eni-0a1b2c3d4e5f60718 routing_table=MYHA2 routing_table_id=101 meta target-role=Stopped < /dev/null 2>&1 || :',
  );
  expect(said).toMatch(/violate uniqueness for parameter "eni_id"/);
  // Crmsh 5 takes it all the same, where there is nobody to ask.
  await cluster.settled();
  const { resources, failures } = await cluster.status();
  expect(resources.find(({ id }) => id === RESOURCE)).toMatchObject({ role: 'Started', failed: false });
  expect(failures).toEqual([]);
  await cluster.run('crm --force configure delete second 2> /dev/null || :');
  await cluster.settled();
});

test('a value that no node could use is refused with a reason that crm_mon shows', async () => {
  await cluster.run(
    'crm configure primitive wrong ocf:custom:aws-eni params eni_id=10.2.0.10 routing_table_id=102',
  );
  const { failures } = await cluster.until('refused', (status) => status.failures.length > 0);
  expect(failures[0]).toMatchObject({ exitStatus: 'not configured' });
  expect(failures[0]?.reason).toContain('eni_id');
  await cluster.run('crm configure delete --force wrong');
  await cluster.settled();
});

test('a clone is refused on each node with a reason that crm_mon shows, and nobody loses the ENI', async () => {
  const configure = [
    'primitive cloned ocf:custom:aws-eni params ip=10.2.0.10 routing_table=MYHA3 routing_table_id=102',
    'clone clones cloned',
    'commit',
  ].join('\n');
  await cluster.run(`printf '${configure}\n' | crm configure`);
  const { failures } = await cluster.until('refused', (status) => status.failures.length > 0);
  expect(failures[0]).toMatchObject({ exitStatus: 'not configured' });
  expect(failures[0]?.reason).toMatch(
    /^this resource is a clone \(clone-max: .+ configure it without a clone$/,
  );
  await cluster.settled();
  const { resources } = await cluster.status();
  expect(resources.find(({ id }) => id === RESOURCE)).toMatchObject({ role: 'Started' });
  expect(await mutatingCalls(cluster.sandbox)).toEqual(['AttachNetworkInterface']);
  await cluster.run('crm configure delete --force clones cloned');
  await cluster.settled();
});

describe('by hand', () => {
  beforeAll(async () => {
    await cluster.run(`crm resource stop ${RESOURCE}`);
    await cluster.until('stopped', ({ resources }) =>
      resources.some(({ id, on }) => id === RESOURCE && on.length === 0),
    );
    await cluster.settled();
  });

  /** How Pacemaker before 2.1 says that an action went well, and how it says so since. */
  const ok = chosenRelease()?.name === 'pacemaker-2.0' ? "returned: 'ok' (0)" : 'returned 0 (ok)';
  const transcript = readmeCommands('Try it by hand', ok);
  const steps = [...transcript.matchAll(/^# (.*)\n((?:(?!# ).*\n)*)/gm)].map(
    ([, command = '', output = '']) => ({
      command,
      output,
    }),
  );

  test.for(steps)('$command answers as the README shows', async ({ command, output }) => {
    const { a } = cluster.sandbox.nodes;
    expect(comparable(await cluster.run(`${command} 2>&1 || :`, a))).toBe(comparable(output));
  });

  test('the README shows each of them', () => {
    const commands = steps.map(({ command }) => command).join('\n');
    for (const option of ['--force-start', '--force-check', '--force-stop']) {
      expect(commands).toContain(option);
    }
  });

  test('without --timeout, and none configured, an action has 20 s: the agent ends in time and says what to do', async () => {
    const { a } = cluster.sandbox.nodes;
    await cluster.run(
      `crm configure primitive untimed ocf:custom:aws-eni params ip=10.2.0.10 routing_table_id=102 \
        routing_table=MYHA3 meta target-role=Stopped`,
    );
    await cluster.sandbox.hang(a.instanceId);
    const output = await cluster.run('crm_resource --resource untimed --force-start 2>&1 || :', a);
    await cluster.sandbox.unhang(a.instanceId);
    expect(output).toMatch(
      /out of time after 1\d\.\d s of 20 s while waiting for the kernel to show a device/,
    );
    expect(output).toContain("crm_resource --timeout 180s'");
    await cluster.run('crm_resource --resource untimed --force-stop --timeout 180s', a);
  });
});

test('nothing was asked of the VPC that it does not model', async () => {
  expect(await cluster.sandbox.violations()).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { crmConfiguration } from '../../src/ocf/crm-configuration.ts';
import { chosenRelease } from '../releases/releases.ts';
import { quick } from '../scenarios/agent.ts';
import { callCommand, callForJson, tooLong } from '../scenarios/commands/call-command.ts';
import { mutatingCalls } from '../scenarios/expectations.ts';
import { startCluster } from './cluster.ts';
import { clusterScenario } from './cluster-scenario.ts';
import { expectServed, isStarted, RESOURCE, runsOn } from './expectations.ts';
import { readmeConfiguration } from './readme-commands.ts';

clusterScenario(
  'show takes the resource from the cluster, and tells of each node what is right',
  async ({ cluster }) => {
    const { sandbox } = cluster;
    const { a, b } = sandbox.nodes;
    const here = await callForJson(sandbox, a, ['show']);
    expect({ exitCode: here.exitCode, ...here.data }).toMatchObject({
      exitCode: 0,
      instanceId: a.instanceId,
      resource: RESOURCE,
      shouldServe: true,
      because: `Pacemaker runs ${RESOURCE} on node-a; this is node-a`,
      stage: 'held by this node, and served',
      isMoving: false,
    });
    const { stdout } = await callCommand(sandbox, a, ['show']);
    // What a device is called, the kernel decides.
    expect(withoutDevice(readme)).toContain(`# aws-eni show\n${withoutDevice(stdout)}\n`);
    const there = await callCommand(sandbox, b, ['show', '--resource', RESOURCE]);
    expect(there).toMatchObject({ exitCode: 0, stderr: '' });
    expect(there.stdout).toContain('nothing of the ENI is on this node');
    expect(tooLong(there.stdout)).toEqual([]);

    await cluster.run(`crm resource maintenance ${RESOURCE} on && ip rule del priority 100`, a);
    await cluster.settled();
    const broken = await callCommand(sandbox, a, ['show']);
    expect(broken.exitCode).toBe(1);
    expect(broken.stdout).toMatch(/Rule +MISSING +100: from 10\.2\.0\.10\/32 lookup MYHA/);
    expect(broken.stdout).toMatch(/Cluster +WRONG +service-eni runs on node-a, not managed by Pacemaker/);

    const plan = await callForJson(sandbox, a, ['plan', 'start']);
    expect(plan.data).toMatchObject({ steps: [{ do: 'keep-off' }, { do: 'add-rule' }] });
  },
);

clusterScenario('what the cluster has and what the command line says go together', async ({ cluster }) => {
  const { sandbox } = cluster;
  const { a } = sandbox.nodes;
  const unknown = await callCommand(sandbox, a, ['show', '--resource', 'fencing-node-a']);
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain(
    `the cluster has no resource fencing-node-a of ocf:custom:aws-eni, but ${RESOURCE}`,
  );

  await cluster.run(
    'crm configure primitive other-eni ocf:custom:aws-eni params ip=10.2.0.99 routing_table=MYHA2 routing_table_id=101 meta target-role=Stopped',
  );
  const which = await callCommand(sandbox, a, ['show']);
  expect(which.exitCode).toBe(2);
  expect(which.stderr).toContain('which resource? the cluster has service-eni, other-eni; give --resource');
  const policy = await callCommand(sandbox, a, ['iam-policy']);
  expect(policy.exitCode).toBe(2);
  expect(policy.stderr).toContain('the cluster has service-eni, other-eni; give --eni-id or --resource');
  const named = await callForJson(sandbox, a, ['iam-policy', '--resource', RESOURCE]);
  expect(JSON.stringify(named.data)).toMatch(
    /network-interface\/eni-0a1b2c3d4e5f60718.*instance\/i-0a{16}.*instance\/i-0b{16}/,
  );
  const missing = await callForJson(sandbox, a, ['show', '--resource', 'other-eni']);
  expect(missing.exitCode).toBe(1);
  expect(missing.data['findings']).toContainEqual({
    about: 'holder',
    status: 'wrong',
    what: 'EC2 knows no such ENI',
  });
  // Named by whichever of its names, it is the cluster's resource, with its table.
  for (const name of [
    ['--ip', '10.2.0.10'],
    ['--eni-id', 'eni-0a1b2c3d4e5f60718'],
    ['--ip', '10.2.0.99'],
  ]) {
    const { data } = await callForJson(sandbox, a, ['show', ...name]);
    expect(data['resource']).toBe(name[1] === '10.2.0.99' ? 'other-eni' : RESOURCE);
  }
  const printed = await callForJson(sandbox, a, ['crm-config', '--resource', 'other-eni']);
  expect(printed.data['commands']).toContain('params ip=10.2.0.99 routing_table=MYHA2 routing_table_id=101 ');
  const otherTable = await callForJson(sandbox, a, ['plan', 'start', '--ip', '10.2.0.99']);
  expect(otherTable.exitCode).toBe(1);
  const overridden = await callCommand(sandbox, a, [
    'show',
    '--resource',
    RESOURCE,
    '--routing-table-id',
    '200',
  ]);
  expect(overridden.exitCode).toBe(1);
  expect(overridden.stdout).toMatch(/Rule +MISSING/);

  const nobody = await callCommand(sandbox, a, ['show'], { unprivileged: true });
  expect(nobody.exitCode).toBe(2);
  expect(nobody.stderr).toMatch(
    /the cluster can't tell: asking Pacemaker by .*you are root or in group haclient/,
  );

  await cluster.stopServices(a);
  const silent = await callCommand(sandbox, a, ['show', '--ip', '10.2.0.10']);
  expect(silent.stdout).toMatch(/Cluster +unknown +asking Pacemaker by crm_node/);
});

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

function withoutDevice(text: string): string {
  return text.replaceAll(/^(Device +ok +)\w+/gm, '$1DEVICE');
}

const NODES = ['--node', 'node-a=i-0aaaaaaaaaaaaaaaa', '--node', 'node-b=i-0bbbbbbbbbbbbbbbb'] as const;
const CRM_CONFIG = ['crm-config', '--ip', '10.2.0.10', '--region', 'eu-central-1', ...NODES] as const;

test('the README’s configuration is what crm-config prints', () => {
  const printed = crmConfiguration({
    resource: RESOURCE,
    parameters: { eni_id: 'eni-0a1b2c3d4e5f60718' },
    region: 'eu-central-1',
    nodes: [
      { node: 'node-a', instanceId: 'i-0aaaaaaaaaaaaaaaa' },
      { node: 'node-b', instanceId: 'i-0bbbbbbbbbbbbbbbb' },
    ],
    dependent: undefined,
  });
  expect(printed.replaceAll(/^#.*\n/gm, '')).toBe(readmeConfiguration());
});

test('what crm-config prints, pasted into a shell, is a cluster that serves, without a word', async () => {
  const cluster = await startCluster({ latencies: quick });
  try {
    const { sandbox } = cluster;
    // A cluster that has a resource already, though it can't fence yet.
    await cluster.run(
      'crm --force configure primitive database ocf:heartbeat:Dummy op monitor interval=10s timeout=20s 2>/dev/null',
    );
    const words = [...CRM_CONFIG, '--before', 'database', '--rule-from', '10.2.0.0/24 10.9.0.0/24'];
    const { exitCode, stdout, stderr } = await callCommand(sandbox, sandbox.nodes.a, words);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(tooLong(stdout)).toEqual([]);
    const said = await cluster.run(`{\n${stdout}\ncrm configure verify; crm_verify --live-check -VV; } 2>&1`);
    expect(said).toBe('');
    await cluster.until('database started', (seen) => isStarted(seen, 'database'));
    await expectServed(cluster);
    const configured = await cluster.run('crm configure show service-eni');
    expect(configured).toMatch(/params ip=10\.2\.0\.10 rule_from="?10\.2\.0\.0\/24,10\.9\.0\.0\/24/);
    // Nothing is given: all of it is the cluster's.
    const own = await callForJson(sandbox, sandbox.nodes.b, ['crm-config', '--before', 'database']);
    expect(own.data).toMatchObject({ placeholders: [], commands: `${stdout.replaceAll(/^#.*\n/gm, '')}\n` });

    const whole = await callForJson(sandbox, sandbox.nodes.b, [...CRM_CONFIG]);
    expect(whole.data['commands']).not.toContain('rule_from');

    await cluster.run('crm configure property maintenance-mode=true');
    const url = 'https://vpce.example.com/?a=1&b=$(id);c#d%20|e*~{!}';
    const other = await callCommand(sandbox, sandbox.nodes.a, [
      ...['crm-config', '--eni-id', 'eni-0b5f607180a1b2c3d', '--name', 'other-eni', '--endpoint-url', url],
      ...['--routing-table', 'MYHA2', '--routing-table-id', '101'],
    ]);
    const [primitive = ''] = /^crm configure primitive other-eni(?:.*\\\n)+.*/m.exec(other.stdout) ?? [];
    await cluster.run(primitive);
    const taken = await cluster.run('crm_resource --resource other-eni --get-parameter endpoint_url');
    expect(taken.trim()).toBe(url);
    await cluster.run('crm configure delete other-eni');
    const policy = await callForJson(sandbox, sandbox.nodes.b, [
      'iam-policy',
      '--eni-id',
      'eni-0a1b2c3d4e5f60718',
    ]);
    expect(JSON.stringify(policy.data)).toMatch(/instance\/i-0a{16}.*instance\/i-0b{16}/);
    expect(await sandbox.violations()).toEqual([]);
  } finally {
    await cluster.close();
  }
});

clusterScenario(
  'move is refused while Pacemaker manages the resource, and not in maintenance',
  async ({ cluster }) => {
    const { sandbox } = cluster;
    const { a, b } = sandbox.nodes;
    await sandbox.resetRequests();
    for (const words of [['move'], ['move', '--ip', '10.2.0.10'], ['move', '--to', b.instanceId]]) {
      const refused = await callCommand(sandbox, b, words);
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toContain(
        "Pacemaker manages eni-0a1b2c3d4e5f60718 as service-eni and would undo this; use 'crm resource move service-eni NODE'",
      );
    }
    expect(await mutatingCalls(sandbox)).toEqual([]);

    await cluster.run('crm configure property maintenance-mode=true');
    const moved = await callCommand(sandbox, b, ['move']);
    expect(moved.exitCode).toBe(0);
    expect(moved.stdout.replaceAll(/\s+/g, ' ')).toContain("'crm resource refresh service-eni'");
    expect(moved.stdout.replaceAll(/\s+/g, ' ')).toContain(
      `on ${a.instanceId}, which had it, take down what is left there: 'crm_resource --resource service-eni --force-stop'`,
    );
    await cluster.run('crm_resource --resource service-eni --force-stop --timeout 60s', a);
    await cluster.run('crm resource refresh service-eni');
    await cluster.settled();
    await cluster.run('crm configure property maintenance-mode=false');
    await cluster.settled();
    expect(runsOn(await cluster.status(), b, RESOURCE)).toBe(true);
    await expectServed(cluster);

    await cluster.run(`crm resource unmanage ${RESOURCE}`);
    await cluster.settled();
    expect(await callCommand(sandbox, b, ['move', '--to', a.instanceId])).toMatchObject({ exitCode: 0 });
    expect(await callCommand(sandbox, a, ['move'])).toMatchObject({ exitCode: 0 });
    await cluster.run(`crm resource refresh ${RESOURCE}`);
    await cluster.settled();
    await cluster.run(`crm resource manage ${RESOURCE}`);
    await cluster.settled();
    expect(runsOn(await cluster.status(), a, RESOURCE)).toBe(true);
    await expectServed(cluster);
  },
);

clusterScenario('doctor knows a cluster that is as advised from one that is not', async ({ cluster }) => {
  const { sandbox } = cluster;
  const { a, b } = sandbox.nodes;
  const statuses = async (): Promise<Readonly<Record<string, string>>> => {
    const { data } = await callForJson(sandbox, a, ['doctor']);
    const groups = data['groups'] as readonly {
      readonly title: string;
      readonly checks: readonly { readonly id: string; readonly status: string }[];
    }[];
    const checks = groups.find(({ title }) => title === 'Cluster')?.checks ?? [];
    return Object.fromEntries(checks.map(({ id, status }) => [id, status]));
  };
  const { stdout: told } = await callCommand(sandbox, a, ['doctor']);
  expect(told.replaceAll(/\s+/g, ' ')).toContain(
    'a lost node: noticed after 2.2 s (token 1 s, consensus 1.2 s); fencing and a start follow',
  );
  const healthy = await statuses();
  expect(healthy).toEqual({
    fencing: 'ok',
    nodes: 'ok',
    detection: 'ok',
    'timeout-start': 'ok',
    'timeout-stop': 'ok',
    'timeout-monitor': 'ok',
    'monitor-interval': 'ok',
    bans: 'ok',
    'own-table': 'ok',
  });
  await cluster.run('crm node standby node-b', b);
  await cluster.run(`crm --force configure property stonith-enabled=false
crm --force configure primitive second ocf:custom:aws-eni params ip=10.2.0.99 meta target-role=Stopped 2>/dev/null
crm_resource --resource ${RESOURCE} --ban --node node-b
crm configure show ${RESOURCE} | sed 's/start timeout=180s/start timeout=20s/; s/interval=20s/interval=0s/' > /run/tmp/changed.crm
grep -q 'start timeout=20s' /run/tmp/changed.crm
crm --force configure load update /run/tmp/changed.crm 2>/dev/null`);
  const printed = await callForJson(sandbox, a, ['crm-config', '--resource', RESOURCE]);
  const [switchOn = ''] =
    /^crm configure property (?:stonith|fencing)-enabled=true/m.exec(`${printed.data['commands']}`) ?? [];
  expect(switchOn).toContain(chosenRelease()?.name === 'pacemaker-3.0.2' ? 'fencing-' : 'stonith-');
  const { data } = await callForJson(sandbox, a, ['doctor', '--resource', RESOURCE]);
  expect(JSON.stringify(data)).toContain("'crm resource clear service-eni' takes those of moves away");
  await cluster.run(
    'crm_resource --resource second --cleanup; cibadmin --delete --xpath "//primitive[@id=\'second\']"',
  );
  expect(await statuses()).toEqual({
    ...healthy,
    fencing: 'failed',
    nodes: 'failed',
    'timeout-start': 'warning',
    'monitor-interval': 'failed',
    bans: 'failed',
  });
  await cluster.run(switchOn);
  expect(await statuses()).toMatchObject({ fencing: 'ok' });
});

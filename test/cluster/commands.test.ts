import { expect } from 'vitest';
import { callCommand, callForJson, tooLong } from '../scenarios/commands/call-command.ts';
import { clusterScenario } from './cluster-scenario.ts';
import { RESOURCE } from './expectations.ts';

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
    const there = await callCommand(sandbox, b, ['show', '--resource', RESOURCE]);
    expect(there).toMatchObject({ exitCode: 0, stderr: '' });
    expect(there.stdout).toContain('nothing of the ENI is on this node');
    expect(tooLong(there.stdout)).toEqual([]);

    await cluster.run(`crm resource unmanage ${RESOURCE} && ip rule del priority 100`, a);
    await cluster.settled();
    const broken = await callCommand(sandbox, a, ['show']);
    expect(broken.exitCode).toBe(1);
    expect(broken.stdout).toMatch(/Rule +MISSING +100: from 10\.2\.0\.10\/32 lookup MYHA/);
    expect(broken.stdout).toMatch(/Cluster +WRONG +service-eni runs on node-a, not managed by Pacemaker/);

    const plan = await callForJson(sandbox, a, ['plan', 'start']);
    expect(plan.data).toMatchObject({ steps: [{ do: 'add-rule' }] });
  },
);

clusterScenario('what the cluster has and what the command line says go together', async ({ cluster }) => {
  const { sandbox } = cluster;
  const { a } = sandbox.nodes;
  const unknown = await callCommand(sandbox, a, ['show', '--resource', 'fencing']);
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain(
    `the cluster has no resource fencing of ocf:custom:aws-eni, but ${RESOURCE}`,
  );

  await cluster.run(
    'crm configure primitive other-eni ocf:custom:aws-eni params ip=10.2.0.99 routing_table=MYHA2 routing_table_id=101 meta target-role=Stopped',
  );
  const which = await callCommand(sandbox, a, ['show']);
  expect(which.exitCode).toBe(2);
  expect(which.stderr).toContain('which resource? the cluster has service-eni, other-eni; give --resource');
  const missing = await callForJson(sandbox, a, ['show', '--resource', 'other-eni']);
  expect(missing.exitCode).toBe(1);
  expect(missing.data['findings']).toContainEqual({
    about: 'holder',
    status: 'wrong',
    what: 'EC2 knows no such ENI',
  });
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

import { describe, expect } from 'vitest';
import { iamPolicy } from '../../../src/core/iam-policy.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import { callAgent, eniId, executable } from '../agent.ts';
import { onNodeOf } from '../confined.ts';
import { expectBare, expectServing, holderOf, mutatingCalls } from '../expectations.ts';
import { placeProgram } from '../place-program.ts';
import { scenario, scenarioIn } from '../scenario.ts';
import { callCommand, callForJson, tooLong } from './call-command.ts';

const MOVE = ['move', '--eni-id', eniId] as const;

describe.concurrent('move to this node', () => {
  scenario('takes the ENI, configures it, and tells each phase as it comes', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    await sandbox.place(SERVICE_ENI, { attachedTo: b.instanceId, deviceIndex: 1 });
    const { exitCode, stdout, stderr } = await callCommand(sandbox, a, ['move', '--ip', '10.2.0.10']);
    expect(exitCode).toBe(0);
    expect(stderr.match(/^\w+ after \d+ ms$/gm)?.map((line) => line.split(' ')[0])).toEqual([
      'found',
      'detached',
      'available',
      'attached',
      'device',
      'configured',
    ]);
    expect(stdout).toContain(`the ENI with address 10.2.0.10 is at ${a.instanceId} now, after`);
    expect(stdout).toContain("look at it with 'aws-eni show'");
    expect(tooLong(stdout)).toEqual([]);
    await expectServing(sandbox, a);
  });

  scenario('that has it is done at once; --dry-run does nothing', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const planned = await callForJson(sandbox, a, [...MOVE, '--dry-run']);
    expect({ exitCode: planned.exitCode, ...planned.data }).toMatchObject({
      exitCode: 0,
      isDryRun: true,
      tookMs: null,
    });
    expect(planned.data['steps']).toHaveLength(9);
    expect(await mutatingCalls(sandbox)).toEqual([]);
    const moved = await callForJson(sandbox, a, MOVE);
    expect(moved).toMatchObject({ exitCode: 0, stderr: '', data: { isDryRun: false, to: a.instanceId } });
    await sandbox.resetRequests();
    const again = await callForJson(sandbox, a, MOVE);
    expect(again).toMatchObject({ exitCode: 0, data: { phases: [] } });
    expect(await mutatingCalls(sandbox)).toEqual([]);
  });

  scenario(
    'needs root, permission, EC2 and an instance, and leaves the ENI where it is without',
    async ({ sandbox }) => {
      const { a, b } = sandbox.nodes;
      await sandbox.place(SERVICE_ENI, { attachedTo: b.instanceId, deviceIndex: 1 });
      const nobody = await callCommand(sandbox, a, MOVE, { unprivileged: true });
      expect(nobody.exitCode).toBe(4);
      expect(nobody.stderr).toContain('run it as root');
      const policy = iamPolicy({
        region: 'eu-central-1',
        accountId: '123456789012',
        eniId,
        instanceIds: [NODE_B],
        tag: undefined,
        isRecipe: false,
        commands: [],
      });
      await sandbox.setPermissions(a.instanceId, { policy: JSON.stringify(policy) });
      const forbidden = await callCommand(sandbox, a, MOVE);
      expect(forbidden.exitCode).toBe(4);
      expect(forbidden.stderr).toContain('ec2:AttachNetworkInterface');
      await sandbox.setPermissions(a.instanceId, 'all');
      await sandbox.setImds(a.instanceId, 'refused');
      const elsewhere = await callCommand(sandbox, a, MOVE);
      expect(elsewhere.exitCode).toBe(6);
      expect(elsewhere.stderr).toContain('check that this is an EC2 instance');
      await sandbox.setImds(a.instanceId, 'on');
      await sandbox.setEndpoint('refused');
      const silent = await callCommand(sandbox, a, [...MOVE, '--timeout', '5s']);
      expect(silent.exitCode).toBe(6);
      expect(await mutatingCalls(sandbox)).toEqual([]);
      expect(await holderOf(sandbox)).toBe(b.instanceId);
    },
  );

  scenario('that was killed half way goes on when it is called again', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    await sandbox.place(SERVICE_ENI, { attachedTo: b.instanceId, deviceIndex: 1 });
    await sandbox.fault({
      match: { service: 'ec2', action: 'DetachNetworkInterface' },
      times: 1,
      do: 'hold-after',
    });
    const { running, killGroup } = await a.spawn(executable, [...MOVE], {
      env: onNodeOf(sandbox.environment(a)),
    });
    await sandbox.held();
    killGroup();
    await running;
    await sandbox.release();
    expect(await callCommand(sandbox, a, MOVE)).toMatchObject({ exitCode: 0 });
    await expectServing(sandbox, a);
  });
});

describe.concurrent('move to another instance', () => {
  scenario(
    'takes the service off this node first, and says what is left to do there',
    async ({ sandbox }) => {
      const { a, b } = sandbox.nodes;
      await callAgent(sandbox, a, 'start');
      const { exitCode, data } = await callForJson(sandbox, a, [...MOVE, '--to', b.instanceId]);
      expect(exitCode).toBe(0);
      expect((data['phases'] as readonly { phase: string }[]).map(({ phase }) => phase)).toEqual([
        'found',
        'withdrawn',
        'detached',
        'available',
        'attached',
        'confirmed',
      ]);
      expect(data['next']).toContain(
        `${b.instanceId} is not configured by this; there, run 'aws-eni move' as root`,
      );
      expect(await holderOf(sandbox)).toBe(b.instanceId);
      expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 7 });
      expect(await callCommand(sandbox, b, MOVE)).toMatchObject({ exitCode: 0 });
      await expectServing(sandbox, b);
      await callAgent(sandbox, a, 'stop');
      await expectBare(sandbox, a);
    },
  );

  scenario(
    'needs neither root nor this to be an instance where nothing is on this node',
    async ({ sandbox }) => {
      const { a, b } = sandbox.nodes;
      const words = [...MOVE, '--to', b.instanceId];
      expect(await callCommand(sandbox, a, words, { unprivileged: true })).toMatchObject({ exitCode: 0 });
      expect(await holderOf(sandbox)).toBe(b.instanceId);
      await sandbox.resetRequests();
      const again = await callForJson(sandbox, a, words, { unprivileged: true });
      expect(again).toMatchObject({ exitCode: 0 });
      expect(await mutatingCalls(sandbox)).toEqual([]);
    },
  );

  scenario('an unprivileged user does not take away what this node serves', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    await sandbox.resetRequests();
    const refused = await callCommand(sandbox, a, [...MOVE, '--to', b.instanceId], { unprivileged: true });
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain('is served by this node, which must stop first; run it as root');
    expect(await mutatingCalls(sandbox)).toEqual([]);
    await expectServing(sandbox, a);
  });

  scenarioIn({ nodes: { b: { zone: 'other' } } })(
    'of another zone, of nowhere, or of a strange form is refused',
    async ({ sandbox }) => {
      const { a, b } = sandbox.nodes;
      await callAgent(sandbox, a, 'start');
      await sandbox.resetRequests();
      for (const [to, exitCode, said] of [
        [b.instanceId, 1, `instance ${b.instanceId} in eu-central-1b; an ENI can't leave its zone`],
        ['i-0ffffffffffffffff', 1, 'EC2 knows no instance i-0ffffffffffffffff'],
        ['node-b', 2, '--to: "node-b" is no instance id'],
      ] as const) {
        const refused = await callCommand(sandbox, a, [...MOVE, '--to', to]);
        expect({ to, exitCode: refused.exitCode }).toEqual({ to, exitCode });
        expect(refused.stderr).toContain(said);
      }
      expect(await mutatingCalls(sandbox)).toEqual([]);
      await expectServing(sandbox, a);
    },
  );

  scenario('that is stopped, or has no slot, is refused before anything is taken', async ({ sandbox }) => {
    const { a, b } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    await sandbox.powerOff(b.instanceId);
    const refused = await callCommand(sandbox, a, [...MOVE, '--to', b.instanceId]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(`instance ${b.instanceId} is stopped in EC2's eyes`);
    await expectServing(sandbox, a);
  });

  scenario('--dry-run words the steps and takes none', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    await sandbox.resetRequests();
    const { stdout } = await callCommand(sandbox, a, [...MOVE, '--to', NODE_B, '--dry-run']);
    expect(stdout).toContain(`detach ${eniId} from ${NODE_A}`);
    expect(tooLong(stdout)).toEqual([]);
    expect(await mutatingCalls(sandbox)).toEqual([]);
  });
});

scenario('a cluster that can’t be asked is not taken for none', async ({ sandbox }) => {
  const { a } = sandbox.nodes;
  await a.exec('sh', ['-c', 'echo "totem {}" > /etc/corosync/corosync.conf']);
  const PATH = await placeProgram(a, 'crm_node', 'echo "crm_node: Could not connect" >&2; exit 102');
  const refused = await callCommand(sandbox, a, MOVE, { environment: { PATH } });
  expect(refused.exitCode).toBe(6);
  expect(refused.stderr).toContain(`whether Pacemaker manages ${eniId} is not known`);
  expect(await mutatingCalls(sandbox)).toEqual([]);
  const forced = await callCommand(sandbox, a, [...MOVE, '--even-if-managed'], { environment: { PATH } });
  expect(forced.exitCode).toBe(0);
  expect(forced.stderr).toContain('warning: whether Pacemaker manages');
  await expectServing(sandbox, a);
});

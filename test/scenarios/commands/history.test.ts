import { describe, expect } from 'vitest';
import { callAgent, cutShort } from '../agent.ts';
import { scenario } from '../scenario.ts';
import { callCommand, callForJson, tooLong } from './call-command.ts';

const DIRECTORY = '/var/lib/aws-eni/history';
const FILE = `${DIRECTORY}/aws-eni-service-eni.jsonl`;
const REPAIRS = `${DIRECTORY}/aws-eni-service-eni+repairs.jsonl`;

interface Shown {
  readonly number: number;
  readonly action: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly tookMs: number;
  readonly phases: readonly { readonly phase: string; readonly ms: number }[];
}

describe.concurrent('history', () => {
  scenario(
    'has a record of each start and stop, with phases that add up, and of nothing else',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      expect((await callCommand(sandbox, a, ['history'])).stdout).toBe(
        'Nothing has been recorded on this node.',
      );
      for (const action of ['start', 'monitor', 'start', 'stop', 'monitor'])
        await callAgent(sandbox, a, action);
      const refused = await callAgent(sandbox, a, 'start', {
        parameters: { eni_id: 'eni-0000000000000abcd' },
      });
      const { exitCode, data } = await callForJson(sandbox, a, ['history'], { unprivileged: true });
      expect(exitCode).toBe(0);
      const actions = data['actions'] as readonly Shown[];
      expect(actions.map(({ number, action, outcome }) => [number, action, outcome])).toEqual([
        [4, 'start', 'ok'],
        [3, 'start', 'ok'],
        [2, 'stop', 'ok'],
        [1, 'start', 'failed'],
      ]);
      expect(actions[3]?.reason).toBe(refused.reason);
      for (const { phases, tookMs } of actions) {
        expect(phases.reduce((sum, { ms }) => sum + ms, 0)).toBeLessThanOrEqual(tookMs + phases.length);
      }
      expect(actions[0]?.phases.map(({ phase }) => phase)).toEqual([
        'found',
        'available',
        'attached',
        'device',
        'configured',
      ]);
      const { stdout } = await callCommand(sandbox, a, ['history', '--last', '3']);
      expect(stdout).toMatch(/^3 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +service-eni +start +ok +\d+\.\d\d s$/m);
      expect(stdout).toContain('EC2 knows no such ENI');
      expect(tooLong(stdout)).toEqual([]);
    },
  );

  scenario('has what monitor put back, apart from the actions and their pictures', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    const picture = async (): Promise<string> =>
      (await callCommand(sandbox, a, ['history', '--svg', '-'])).stdout;
    const before = await picture();
    const none = await callForJson(sandbox, a, ['history']);
    expect(none.data).toMatchObject({ repairs: [], repairsInLastDay: 0 });
    expect((await callCommand(sandbox, a, ['history'])).stdout).not.toContain('Put back');
    for (const damage of ['ip rule delete priority 100', 'ip route delete default table 100']) {
      await a.exec('sh', ['-c', damage]);
      expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 190 });
    }
    // One of long ago, as a node that has been up for a while has them.
    await a.exec('sh', ['-ec', `sed -i '1s/"at":"20../"at":"2001/' ${REPAIRS}`]);
    const { data } = await callForJson(sandbox, a, ['history'], { unprivileged: true });
    expect(data).toMatchObject({
      actions: [{ action: 'start' }],
      repairs: [
        { resource: 'service-eni', missing: ['rule 100: from 10.2.0.10/32 lookup 100'] },
        { resource: 'service-eni', missing: ['route 0.0.0.0/0 via 10.2.0.1'] },
      ],
      repairsInLastDay: 1,
    });
    const { stdout } = await callCommand(sandbox, a, ['history', '--last', '1']);
    expect(stdout).toMatch(
      /\n\nPut back by monitor: 1 in the last 24 hours, 2 recorded\.\n {2}[-\d]+ [:\d]+ {2}service-eni {2}route 0\.0\.0\.0\/0 via 10\.2\.0\.1$/,
    );
    expect(tooLong(stdout)).toEqual([]);
    const one = await callForJson(sandbox, a, ['history', '--number', '1']);
    expect(one.data).toMatchObject({ actions: [{ action: 'start' }], repairs: [] });
    expect(await picture()).toBe(before);
  });

  scenario('so many repairs that the oldest go push no start out', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    for (let round = 1; round <= 3; round += 1) {
      await a.exec('sh', ['-ec', `touch ${REPAIRS}; yes '{"version":9}' | head -c 300000 >> ${REPAIRS}`]);
      await a.exec('sh', ['-c', 'ip rule delete priority 100']);
      expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 190 });
    }
    const { stdout: bytes } = await a.exec('sh', ['-c', `cat ${DIRECTORY}/* | wc -c`]);
    expect(Number(bytes)).toBeLessThan(2 * 310_000);
    const { data } = await callForJson(sandbox, a, ['history']);
    expect((data['actions'] as readonly Shown[]).map(({ action }) => action)).toEqual(['start']);
    // The earlier ones have gone with their file.
    expect(data['repairs']).toHaveLength(1);
  });

  scenario('tells what was killed from what is under way', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await sandbox.fault({
      match: { service: 'ec2', action: 'AttachNetworkInterface' },
      times: 1,
      do: 'hold-before',
    });
    const outcome = async (): Promise<unknown> => {
      const { data } = await callForJson(sandbox, a, ['history', '--number', '1']);
      return (data['actions'] as readonly Shown[])[0]?.outcome;
    };
    await cutShort(sandbox, a, 'start', async () => {
      await sandbox.held();
      expect(await outcome()).toBe('under way');
      return true;
    });
    await sandbox.release();
    expect(await outcome()).toBe('cut off');
  });

  scenario('draws one as a waterfall and all as durations', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    for (const action of ['start', 'stop']) await callAgent(sandbox, a, action);
    const one = await callCommand(sandbox, a, ['history', '--number', '2', '--svg', '-']);
    expect(one.stdout).toMatch(/^<svg[\s\S]*start of service-eni[\s\S]*configured[\s\S]*<\/svg>$/);
    const all = await callForJson(sandbox, a, ['history', '--svg', '/run/durations.svg']);
    expect(all).toMatchObject({ exitCode: 0, data: { svg: '/run/durations.svg' } });
    expect((await a.exec('cat', ['/run/durations.svg'])).stdout).toContain('start ▲ and stop ▼ on this node');
    const unwritable = await callCommand(sandbox, a, ['history', '--svg', '/nowhere/x.svg']);
    expect(unwritable).toMatchObject({ exitCode: 1, stdout: '' });
    expect(unwritable.stderr).toContain('could not write /nowhere/x.svg');
  });

  scenario('is bounded, and a line that was cut off costs no other', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    await a.exec('sh', [
      '-ec',
      `yes '{"version":9}' | head -c 300000 >> ${FILE}; printf '{"version":1,"id":"cut' >> ${FILE}`,
    ]);
    for (const action of ['stop', 'start', 'stop']) await callAgent(sandbox, a, action);
    const { stdout: sizes } = await a.exec('sh', [
      '-c',
      `cd ${DIRECTORY} && stat -c '%n %a' *; cat * | wc -c`,
    ]);
    expect(sizes).toMatch(/^aws-eni-service-eni\.jsonl 644\naws-eni-service-eni\.jsonl\.1 644\n/);
    const { data } = await callForJson(sandbox, a, ['history']);
    expect((data['actions'] as readonly Shown[]).map(({ outcome }) => outcome)).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
    ]);
    await a.exec('sh', ['-ec', `yes '{"version":9}' | head -c 300000 >> ${FILE}`]);
    await callAgent(sandbox, a, 'start');
    const { stdout: bytes } = await a.exec('sh', ['-c', `cat ${DIRECTORY}/* | wc -c`]);
    expect(Number(bytes)).toBeLessThan(2 * 310_000);
  });

  scenario('whatever is wrong with its place is no business of the action’s', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    for (const damage of [
      'rm -rf /var/lib/aws-eni/*; touch /var/lib/aws-eni/history',
      `rm -rf /var/lib/aws-eni/*; mkdir -p ${DIRECTORY}; ln -s /etc/passwd ${FILE}; ln -s /etc/passwd ${REPAIRS}`,
      `rm -rf /var/lib/aws-eni/*; mkdir -p ${DIRECTORY}; mkfifo ${FILE} ${REPAIRS}`,
      'rm -rf /var/lib/aws-eni/*; mount -t tmpfs -o size=4k tmpfs /var/lib/aws-eni; head -c 4096 /dev/zero > /var/lib/aws-eni/full; true',
      'mount -t tmpfs -o ro tmpfs /var/lib/aws-eni',
    ]) {
      const { exitCode } = await a.exec('sh', ['-c', damage]);
      expect({ damage, exitCode }).toEqual({ damage, exitCode: 0 });
      for (const action of ['start', 'stop']) {
        const { exitCode: code, reason, stderr } = await callAgent(sandbox, a, action);
        expect({ damage, action, code, reason }).toEqual({ damage, action, code: 0, reason: '' });
        expect(stderr).not.toMatch(/WARNING|record/);
      }
      await callAgent(sandbox, a, 'start');
      await a.exec('sh', ['-c', 'ip rule delete priority 100']);
      expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 190, reason: '' });
      await callAgent(sandbox, a, 'stop');
    }
    expect((await a.exec('cat', ['/etc/passwd'])).stdout).not.toMatch(/begun|repaired/);
  });

  scenario('another resource’s is told apart; what is not there is said', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await callAgent(sandbox, a, 'start');
    await callAgent(sandbox, a, 'stop', { environment: { OCF_RESOURCE_INSTANCE: 'other/one' } });
    const other = await callForJson(sandbox, a, ['history', '--resource', 'other/one']);
    expect((other.data['actions'] as readonly Shown[]).map(({ action }) => action)).toEqual(['stop']);
    const none = await callCommand(sandbox, a, ['history', '--number', '7']);
    expect(none).toMatchObject({ exitCode: 2, stdout: '' });
    expect(none.stderr).toContain('--number: there are 2 records, and none is number 7');
  });
});

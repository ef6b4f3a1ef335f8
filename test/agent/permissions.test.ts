import { describe, expect, test } from 'vitest';
import { monitor } from '../../src/agent/monitor.ts';
import { start } from '../../src/agent/start.ts';
import { stop } from '../../src/agent/stop.ts';
import type { Task } from '../../src/agent/task.ts';
import { AgentError, asAgentError } from '../../src/core/failure.ts';
import type { NetworkInterfaces } from '../../src/ports/agent.ts';
import type { FakeNode, FakeVpc } from '../fakes/fake-vpc.ts';
import { createFakeVpc, eniId, moreEniIds, nodeA, nodeB, serviceMac } from '../fakes/fake-vpc.ts';
import { startProcess } from '../fakes/process.ts';

const RECIPE = [
  'AttachNetworkInterface',
  'DetachNetworkInterface',
  'DescribeInstances',
  'DescribeInstanceStatus',
  'DescribeNetworkInterfaces',
  'DescribeNetworkInterfaceAttribute',
];
/** What the agent can do without, with the warning that it then gives. */
const ADVICE: Readonly<Record<string, RegExp>> = {
  DescribeSubnets: /could not learn the networks of subnet-\w+: .*ec2:DescribeSubnets/,
  DescribeInstanceTypes:
    /could not learn whether type m5.large has room for eni-\w+: .*ec2:DescribeInstanceTypes/,
};
const ALL = [...RECIPE, ...Object.keys(ADVICE)];
const NEEDED = ['DescribeNetworkInterfaces', 'DescribeInstances', 'AttachNetworkInterface'];

function subsetsOf(actions: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: 2 ** actions.length }, (_, bits) =>
    actions.filter((_action, index) => (bits >> index) % 2 === 1),
  );
}

function run<T>(vpc: FakeVpc, task: Task, action: (task: Task) => Promise<T>): Promise<T> {
  return vpc.clock.run(startProcess(task, action).result);
}
/** Whose the ENI is, and nobody is taking it away. */
const holder = (vpc: FakeVpc): string | undefined => {
  const { attachment } = vpc.world.actual(vpc.clock.nowMs()).enis[eniId] ?? {};
  return attachment?.status === 'detaching' ? 'nobody for long' : attachment?.instanceId;
};

/** Node B, whose type's limit matters, and node A serves or nobody. */
async function stand(held: boolean): Promise<FakeVpc> {
  const vpc = createFakeVpc();
  vpc.world.place(vpc.clock.nowMs(), moreEniIds[0] ?? '', { attachedTo: nodeB, deviceIndex: 1 });
  if (held) await run(vpc, vpc.a.task(), start);
  return vpc;
}

const warnings = ({ said }: FakeNode): readonly string[] =>
  said.filter((line) => line.startsWith('could not'));

describe.each([
  ['a node', true, [...NEEDED, 'DetachNetworkInterface']],
  ['nobody', false, NEEDED],
] as const)('a start takes the ENI from %s', (_, held, needed) => {
  test('or says what is missing, before anybody loses it, whatever the role permits', async () => {
    for (const permitted of subsetsOf(ALL)) {
      const vpc = await stand(held);
      vpc.world.setPermissions(vpc.clock.nowMs(), nodeB, permitted);
      const missing = needed.filter((action) => !permitted.includes(action));
      const outcome = await run(vpc, vpc.b.task(), start).then(() => undefined, asAgentError);
      if (missing.length > 0) {
        expect({ permitted, kind: outcome?.kind }).toEqual({ permitted, kind: 'permission' });
        expect(missing).toContain(/ec2:(\w+)/.exec(outcome?.message ?? '')?.[1]);
        expect(holder(vpc)).toBe(held ? nodeA : undefined);
        continue;
      }
      expect({ permitted, outcome }).toEqual({ permitted, outcome: undefined });
      expect(await run(vpc, vpc.b.task(), (task) => monitor(task, 0))).toBe('running');
      expect(vpc.b.state?.service.subnetCidrs).toEqual(['10.2.0.0/24']);
      const expected = Object.entries(ADVICE).filter(([action]) => !permitted.includes(action));
      expect(warnings(vpc.b)).toEqual(expected.map(([, words]) => expect.stringMatching(words)));
    }
  });
});

/** A task on node B whose EC2 answers some calls otherwise. */
function taskWith(
  vpc: FakeVpc,
  calls: Partial<NetworkInterfaces>,
  ...given: Parameters<FakeNode['task']>
): Task {
  const task = vpc.b.task(...given);
  return { ...task, ports: { ...task.ports, networkInterfaces: () => ({ ...vpc.b.ec2, ...calls }) } };
}

describe('a look that only advises may fail in any way', () => {
  test.each([
    ['refused', () => Promise.reject(new AgentError('permission', 'no'))],
    ['an unknown action', () => Promise.reject(new AgentError('node', 'what?'))],
    ['a mistake of ours', () => Promise.reject(new TypeError('x is undefined'))],
    ['an outage', () => Promise.reject(new AgentError('transient', 'HTTP 500'))],
    ['silence', () => new Promise<never>(() => undefined)],
  ] as const)('%s', async (_, answer) => {
    const vpc = await stand(true);
    await run(vpc, taskWith(vpc, { subnet: answer, limits: answer }), start);
    expect(holder(vpc)).toBe(nodeB);
    expect(await run(vpc, vpc.b.task(), (task) => monitor(task, 0))).toBe('running');
    expect(warnings(vpc.b)).toHaveLength(2);
  });

  test('and what was said stays the reason where nothing more is', async () => {
    const vpc = await stand(true);
    let asked = 0;
    const subnet: NetworkInterfaces['subnet'] = () => {
      asked += 1;
      return asked === 1
        ? Promise.reject(new AgentError('transient', 'EC2 said HTTP 500'))
        : new Promise(() => undefined);
    };
    await run(vpc, taskWith(vpc, { subnet }), start);
    expect(warnings(vpc.b)).toEqual([expect.stringContaining('EC2 said HTTP 500; the metadata service')]);
  });

  test('and an outage that ends is no more than a moment’s delay', async () => {
    const vpc = await stand(true);
    let asked = 0;
    const subnet: NetworkInterfaces['subnet'] = async (id) => {
      asked += 1;
      if (asked === 1) throw new AgentError('transient', 'HTTP 500');
      return vpc.b.ec2.subnet(id);
    };
    await run(vpc, taskWith(vpc, { subnet }), start);
    expect(warnings(vpc.b)).toEqual([]);
  });
});

const refused: Partial<NetworkInterfaces> = {
  subnet: () => Promise.reject(new AgentError('permission', 'grant ec2:DescribeSubnets')),
};

describe('a subnet that EC2 does not tell', () => {
  test('must be known before the ENI is taken where a rule for all of it could catch the node’s own traffic', async () => {
    const vpc = await stand(true);
    await expect(run(vpc, taskWith(vpc, refused, { ruleFrom: 'subnet' }), start)).rejects.toMatchObject({
      kind: 'permission',
      message: expect.stringContaining('ec2:DescribeSubnets; or use rule_from=addresses'),
    });
    expect(holder(vpc)).toBe(nodeA);
  });

  test('is no news where an earlier start has known it', async () => {
    const vpc = await stand(false);
    await run(vpc, vpc.b.task(), start);
    const { name = '' } = vpc.b.kernel.lookAtAll().devices.find(({ mac }) => mac === serviceMac) ?? {};
    vpc.b.kernel.force({ do: 'set-link', device: name, up: false });
    await run(vpc, taskWith(vpc, refused), start);
    expect(warnings(vpc.b)).toEqual([]);
    expect(vpc.b.state?.service.subnetCidrs).toEqual(['10.2.0.0/24']);
  });

  test('keeps a start waiting, and a stop not', async () => {
    const vpc = await stand(false);
    const silent = taskWith(vpc, refused, {}, 30_000);
    const findInterface = (): Promise<undefined> => Promise.resolve(undefined);
    const ports = { ...silent.ports, metadata: { ...silent.ports.metadata, findInterface } };
    await expect(run(vpc, { ...silent, ports }, start)).rejects.toThrow(
      /while waiting for the metadata service to tell the networks of subnet-\w+, which EC2 did not tell \(grant ec2:DescribeSubnets\)/,
    );
    expect(vpc.b.state?.service).toMatchObject({ eniId, subnetCidrs: [] });
    expect(await run(vpc, vpc.b.task(), (task) => monitor(task, 0))).toBe('stopped');
    await run(vpc, taskWith(vpc, refused), stop);
    expect(holder(vpc)).toBeUndefined();
    expect(vpc.b.state).toBeUndefined();
  });
});

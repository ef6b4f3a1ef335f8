import { createDeadline } from '../../src/agent/deadline.ts';
import { recordPhases } from '../../src/agent/phases.ts';
import type { Task } from '../../src/agent/task.ts';
import type { InstanceId, Mac } from '../../src/core/ids.ts';
import type { Settings } from '../../src/core/settings.ts';
import type { Log, State } from '../../src/ports.ts';
import { settings } from '../fixtures/world.ts';
import { DEFAULT_LATENCIES } from '../sandbox/sandbox-options.ts';
import type { World, WorldOptions } from '../sandbox/world/create-world.ts';
import { createWorld } from '../sandbox/world/create-world.ts';
import type { FakeEc2 } from './fake-ec2.ts';
import { createFakeEc2 } from './fake-ec2.ts';
import type { FakeKernel } from './fake-kernel.ts';
import { createFakeKernel } from './fake-kernel.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { createVirtualClock } from './virtual-clock.ts';

export const nodeA: InstanceId = 'i-0aaaaaaaaaaaaaaaa';
export const nodeB: InstanceId = 'i-0bbbbbbbbbbbbbbbb';
export const eniId = 'eni-0a1b2c3d4e5f60718';
const region = 'eu-central-1';
const zone = 'eu-central-1a';

const options: WorldOptions = {
  subnets: [
    {
      id: 'subnet-0000000000000000a',
      vpcId: 'vpc-1',
      availabilityZone: zone,
      cidr: '10.2.0.0/24',
      ipv6Cidrs: [],
    },
    {
      id: 'subnet-0000000000000000b',
      vpcId: 'vpc-1',
      availabilityZone: zone,
      cidr: '10.1.0.0/24',
      ipv6Cidrs: [],
    },
  ],
  instances: [nodeA, nodeB].map((id, index) => ({
    id,
    type: 'm5.large',
    subnetId: 'subnet-0000000000000000b',
    own: {
      id: `eni-000000000000000${index}0`,
      mac: `02:00:0a:01:00:0${index}`,
      subnetId: 'subnet-0000000000000000b',
      description: 'eth0',
      ipv4: [`10.1.0.1${index}`],
      ipv6: [],
      interfaceType: 'interface',
      requesterManaged: false,
    },
  })),
  enis: [
    {
      id: eniId,
      mac: '02:00:0a:02:00:0a',
      subnetId: 'subnet-0000000000000000a',
      description: 'service',
      ipv4: ['10.2.0.10'],
      ipv6: [],
      interfaceType: 'interface',
      requesterManaged: false,
    },
  ],
  instanceTypes: { 'm5.large': 3 },
  latencies: DEFAULT_LATENCIES,
  forcedDetachLeavesTraces: true,
};

/** One node of the VPC, with everything that its agent can see. */
export interface FakeNode {
  readonly id: InstanceId;
  readonly kernel: FakeKernel;
  readonly ec2: FakeEc2;
  /** What the agent has said to people. */
  readonly said: readonly string[];
  state: State | undefined;
  /** An action's task, whose time begins now. */
  task(difference?: Partial<Settings>, timeoutMs?: number): Task;
}

export interface FakeVpc {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly a: FakeNode;
  readonly b: FakeNode;
}

/** Two nodes and a service ENI in virtual time: the sandbox's world, without its wires. */
export function createFakeVpc(): FakeVpc {
  const world = createWorld(options);
  const kernels = new Map<string, FakeKernel>([nodeA, nodeB].map((id) => [id, createFakeKernel()]));
  const clock = createVirtualClock((nowMs) => {
    for (const { is, instanceId, mac } of world.advance(nowMs)) {
      const kernel = kernels.get(instanceId);
      if (is === 'plug') kernel?.plug({ name: `eth${world.actual(nowMs).attachmentCount}`, mac: mac as Mac });
      else kernel?.unplug(mac as Mac);
    }
  });
  const node = (id: InstanceId): FakeNode => {
    const kernel = kernels.get(id);
    if (kernel === undefined) throw new Error(`no kernel for ${id}`);
    const ec2 = createFakeEc2(world, clock, id);
    const said: string[] = [];
    const say = (message: string): void => {
      said.push(message);
    };
    const log: Log = { tell: say, debug: say, info: say, warn: say };
    const made: FakeNode = {
      id,
      kernel,
      ec2,
      said,
      state: undefined,
      task: (difference = {}, timeoutMs = 180_000) => {
        const deadline = createDeadline(clock, clock.nowMs(), timeoutMs, 'give it more');
        const phases = recordPhases(clock, clock.nowMs(), () => undefined);
        const ports = {
          networkInterfaces: () => ec2,
          metadata: {
            identity: async () => ({
              instanceId: id,
              instanceType: 'm5.large',
              region,
              availabilityZone: zone,
            }),
            findInterface: async () => undefined,
          },
          routing: kernel.routing,
          devices: kernel.devices,
          tableNames: { numbersOf: async () => [], declare: async () => undefined },
          state: {
            read: async () => made.state,
            write: async (state: State) => {
              made.state = state;
            },
            remove: async () => {
              made.state = undefined;
            },
          },
          lock: { acquire: async () => undefined },
          clock,
          log,
        };
        return { ports, settings: settings(difference), deadline, phases };
      },
    };
    return made;
  };
  return { world, clock, a: node(nodeA), b: node(nodeB) };
}

import { createDeadline } from '../../src/agent/deadline.ts';
import { recordPhases } from '../../src/agent/phases.ts';
import type { Task } from '../../src/agent/task.ts';
import type { InstanceId, Mac } from '../../src/core/ids.ts';
import type { Settings } from '../../src/core/settings.ts';
import type { Detaching, Log, State } from '../../src/ports/agent.ts';
import { settings } from '../fixtures/world.ts';
import { DEFAULT_LATENCIES } from '../sandbox/sandbox-options.ts';
import type { World, WorldOptions } from '../sandbox/world/create-world.ts';
import { createWorld } from '../sandbox/world/create-world.ts';
import type { FakeEc2 } from './fake-ec2.ts';
import { createFakeEc2 } from './fake-ec2.ts';
import type { FakeKernel } from './fake-kernel.ts';
import { createFakeKernel } from './fake-kernel.ts';
import type { FakeMetadata } from './fake-metadata.ts';
import { createFakeMetadata } from './fake-metadata.ts';
import type { FakeNeighbours } from './fake-neighbours.ts';
import { createFakeNeighbours } from './fake-neighbours.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { createVirtualClock } from './virtual-clock.ts';

export const nodeA: InstanceId = 'i-0aaaaaaaaaaaaaaaa';
export const nodeB: InstanceId = 'i-0bbbbbbbbbbbbbbbb';
export const eniId = 'eni-0a1b2c3d4e5f60718';
export const serviceMac: Mac = '02:00:0a:02:00:0a';
/** Free ENIs that can take an instance's slots. */
export const moreEniIds = ['1', '2', '3', '4'].map((digit) => `eni-0b1b2c3d4e5f6071${digit}`);
/** How the MACs of the instances' own interfaces begin. */
const OWN_MAC = '02:00:0a:01:00:0';
const region = 'eu-central-1';
const zone = 'eu-central-1a';

const vpcId = 'vpc-00000000000000001';
/** Has the address of the service's ENI in another VPC. */
const namesake: WorldOptions['enis'][number] = {
  id: 'eni-0f1b2c3d4e5f60719',
  mac: '02:00:0a:02:02:00',
  subnetId: 'subnet-0000000000000000c',
  description: 'namesake',
  ipv4: ['10.2.0.10'],
  ipv6: [],
  interfaceType: 'interface',
  requesterManaged: false,
  sourceDestCheck: true,
  groups: [],
  tags: {},
};

const options: WorldOptions = {
  securityGroups: [],
  subnets: [
    {
      id: 'subnet-0000000000000000a',
      vpcId,
      availabilityZone: zone,
      cidr: '10.2.0.0/24',
      ipv6Cidrs: [],
    },
    {
      id: 'subnet-0000000000000000b',
      vpcId,
      availabilityZone: zone,
      cidr: '10.1.0.0/24',
      ipv6Cidrs: [],
    },
    {
      id: namesake.subnetId,
      vpcId: 'vpc-00000000000000002',
      availabilityZone: zone,
      cidr: '10.2.0.0/24',
      ipv6Cidrs: [],
    },
  ],
  instances: [nodeA, nodeB].map((id, index) => ({
    id,
    type: 'm5.large',
    subnetId: 'subnet-0000000000000000b',
    own: {
      id: `eni-000000000000000${index}0`,
      mac: `${OWN_MAC}${index}`,
      subnetId: 'subnet-0000000000000000b',
      description: 'eth0',
      ipv4: [`10.1.0.1${index}`],
      ipv6: [],
      interfaceType: 'interface',
      requesterManaged: false,
      sourceDestCheck: true,
      groups: [],
      tags: {},
    },
  })),
  enis: [
    namesake,
    {
      id: eniId,
      mac: serviceMac,
      subnetId: 'subnet-0000000000000000a',
      description: 'service',
      ipv4: ['10.2.0.10'],
      ipv6: [],
      interfaceType: 'interface',
      requesterManaged: false,
      sourceDestCheck: true,
      groups: [],
      tags: {},
    },
    ...moreEniIds.map((id, index) => ({
      id,
      mac: `02:00:0a:02:01:0${index}`,
      subnetId: 'subnet-0000000000000000a',
      description: 'another',
      ipv4: [`10.2.0.2${index}`] as [string],
      ipv6: [],
      interfaceType: 'interface',
      requesterManaged: false,
      sourceDestCheck: true,
      groups: [],
      tags: {},
    })),
  ],
  instanceTypes: { 'm5.large': 3 },
  latencies: DEFAULT_LATENCIES,
  forcedDetachLeavesTraces: true,
};

/** One node of the VPC, with everything that its agent can see. */
export interface FakeNode {
  readonly name: 'a' | 'b';
  readonly id: InstanceId;
  readonly kernel: FakeKernel;
  readonly ec2: FakeEc2;
  readonly metadata: FakeMetadata;
  readonly neighbours: FakeNeighbours;
  /** What the agent has said to people. */
  readonly said: readonly string[];
  /** What monitor has put back, each time. */
  readonly repairs: readonly (readonly string[])[];
  /** What happens, or who is waited for, before an action gets the lock. */
  beforeLock: (() => Promise<void>) | undefined;
  state: State | undefined;
  detaching: Detaching | undefined;
  /** An action's task, whose time begins now. */
  task(difference?: Partial<Settings>, timeoutMs?: number): Task;
}

export interface FakeVpc {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly a: FakeNode;
  readonly b: FakeNode;
}

export interface FakeVpcOptions {
  /** A number from 0 to 1, for jitter. */
  readonly random?: () => number;
  /** How old what the next describe answers is. */
  readonly ageMs?: () => number;
}

/** Two nodes and a service ENI in virtual time: the sandbox's world, without its wires. */
export function createFakeVpc({ random, ageMs }: FakeVpcOptions = {}): FakeVpc {
  const world = createWorld(options);
  const kernels = new Map<string, FakeKernel>([nodeA, nodeB].map((id) => [id, createFakeKernel()]));
  const clock = createVirtualClock((nowMs) => {
    for (const { is, instanceId, mac } of world.advance(nowMs)) {
      const kernel = kernels.get(instanceId);
      // The node's own interface is put there with what else is not the agent's.
      if (mac.startsWith(OWN_MAC)) continue;
      if (is === 'unplug') kernel?.unplug(mac as Mac);
      else kernel?.plug({ name: freeName(kernel), mac: mac as Mac });
    }
  }, random);
  const node = (id: InstanceId): FakeNode => {
    const kernel = kernels.get(id);
    if (kernel === undefined) throw new Error(`no kernel for ${id}`);
    const ec2 = createFakeEc2(world, clock, id, ageMs);
    const metadata = createFakeMetadata(world, clock, id, { region, availabilityZone: zone });
    const neighbours = createFakeNeighbours((mac) =>
      kernel.look(0).devices.some((device) => device.mac === mac),
    );
    const said: string[] = [];
    const repairs: (readonly string[])[] = [];
    const say = (message: string): void => {
      said.push(message);
    };
    const log: Log = { tell: say, debug: say, info: say, warn: say };
    const made: FakeNode = {
      name: id === nodeA ? 'a' : 'b',
      id,
      kernel,
      ec2,
      metadata,
      neighbours,
      said,
      repairs,
      beforeLock: undefined,
      state: undefined,
      detaching: undefined,
      task: (difference = {}, timeoutMs = 180_000) => {
        const deadline = createDeadline(clock, clock.nowMs(), timeoutMs, 'give it more');
        const phases = recordPhases(clock, clock.nowMs(), () => undefined);
        const ports = {
          networkInterfaces: () => ec2,
          metadata,
          routing: kernel.routing,
          devices: kernel.devices,
          neighbours,
          tableNames: {
            numbersOf: async () => [],
            declare: async () => undefined,
            undeclare: async () => undefined,
          },
          state: {
            others: async () => [],
            read: async () => made.state,
            write: async (state: State) => {
              made.state = state;
            },
            remove: async () => {
              made.state = undefined;
            },
          },
          detachRecord: {
            read: async () => made.detaching,
            write: async (asked: Detaching) => {
              made.detaching = asked;
            },
            remove: async () => {
              made.detaching = undefined;
            },
          },
          lock: {
            acquire: async () => {
              await made.beforeLock?.();
              return undefined;
            },
          },
          repairs: {
            add: async (missing: readonly string[]) => {
              repairs.push(missing);
            },
          },
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

/** As the kernel names what comes. */
function freeName(kernel: FakeKernel): string {
  const taken = new Set(kernel.lookAtAll().devices.map(({ name }) => name));
  for (let number = 1; ; number += 1) if (!taken.has(`eth${number}`)) return `eth${number}`;
}

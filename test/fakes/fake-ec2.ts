import type { Attachment, Eni, Instance } from '../../src/core/eni.ts';
import { AgentError } from '../../src/core/failure.ts';
import type { AttachmentId, EniId, InstanceId, Mac, SubnetId } from '../../src/core/ids.ts';
import type { Clock, NetworkInterfaces } from '../../src/ports/agent.ts';
import { addressLimitsOf } from '../sandbox/world/attach-interface.ts';
import type { World } from '../sandbox/world/create-world.ts';
import { Ec2Refusal } from '../sandbox/world/ec2-refusal.ts';
import type { View, Eni as WorldEni } from '../sandbox/world/world-state.ts';

/**
 * What a call of EC2 does instead of what it should, once. `before`: nothing is done; `after`: it has taken effect;
 * `late`: it takes effect so much later, when the caller has long had the error.
 */
interface Ec2Fault {
  readonly call: keyof NetworkInterfaces;
  readonly when: 'before' | 'after' | { readonly lateMs: number };
  readonly error: AgentError;
}

export interface FakeEc2 extends NetworkInterfaces {
  /** Names of the calls so far. */
  readonly calls: readonly (keyof NetworkInterfaces)[];
  fail(fault: Ec2Fault): void;
  clearFaults(): void;
}

/**
 * EC2 in our words on the same world that the sandbox's endpoint serves, as called by one instance.
 * @param ageMs how old what the next describe answers is; the world's own `staleMs` where it is not given
 */
export function createFakeEc2(world: World, clock: Clock, caller: InstanceId, ageMs?: () => number): FakeEc2 {
  const calls: (keyof NetworkInterfaces)[] = [];
  let faults: readonly Ec2Fault[] = [];

  const strike = (call: keyof NetworkInterfaces): Ec2Fault | undefined => {
    const fault = faults.find((one) => one.call === call);
    faults = faults.filter((one) => one !== fault);
    return fault;
  };
  const calling = async <T>(call: keyof NetworkInterfaces, action: string, effect: () => T): Promise<T> => {
    calls.push(call);
    const { callMs } = world.actual(clock.nowMs()).latencies;
    await clock.sleep(callMs / 2);
    const fault = strike(call);
    if (fault?.when === 'before') throw fault.error;
    if (typeof fault?.when === 'object') {
      // Nobody waits for it: what it comes to shows in the world.
      void clock
        .sleep(fault.when.lateMs)
        .then(effect, () => undefined)
        .catch(() => undefined);
      throw fault.error;
    }
    try {
      world.authorize(clock.nowMs(), caller, action, false);
      const answer = effect();
      await clock.sleep(callMs / 2);
      if (fault !== undefined) throw fault.error;
      return answer;
    } catch (error) {
      if (!(error instanceof Ec2Refusal)) throw error;
      await clock.sleep(callMs / 2);
      throw new AgentError(
        error.code === 'UnauthorizedOperation' ? 'permission' : 'node',
        `${error.code}: ${error.message}`,
        {
          cause: error,
        },
      );
    }
  };
  const view = (): View => {
    const nowMs = clock.nowMs();
    if (ageMs === undefined) return world.described(nowMs);
    const { staleMs } = world.actual(nowMs).latencies;
    world.setLatencies(nowMs, { staleMs: ageMs() });
    const seen = world.described(nowMs);
    world.setLatencies(nowMs, { staleMs });
    return seen;
  };
  const zoneOf = (subnetId: string): string =>
    world.actual(clock.nowMs()).subnets[subnetId]?.availabilityZone ?? '';

  const isInOwnVpc = (subnetId: string): boolean => {
    const { subnets, instances } = world.actual(clock.nowMs());
    return subnets[subnetId]?.vpcId === subnets[instances[caller]?.subnetId ?? '']?.vpcId;
  };

  return {
    calls,
    fail: (fault) => {
      faults = [...faults, fault];
    },
    clearFaults: () => {
      faults = [];
    },
    find: (target) =>
      calling('find', 'DescribeNetworkInterfaces', () => {
        const found = Object.values(view().enis).find((eni) =>
          'eniId' in target
            ? eni.id === target.eniId
            : eni.ipv4.includes(target.ip) && isInOwnVpc(eni.subnetId),
        );
        return found && eniOf(found, zoneOf(found.subnetId));
      }),
    instances: (ids) =>
      calling('instances', 'DescribeInstances', () =>
        ids.flatMap((id) => (view().instances[id] === undefined ? [] : [instanceOf(id, view())])),
      ),
    subnet: (id) =>
      calling('subnet', 'DescribeSubnets', () => {
        const subnet = world.actual(clock.nowMs()).subnets[id];
        return { id, cidrs: subnet === undefined ? [] : [subnet.cidr, ...subnet.ipv6Cidrs] };
      }),
    limits: (type) =>
      calling('limits', 'DescribeInstanceTypes', () => {
        const state = world.actual(clock.nowMs());
        return { interfaces: state.instanceTypes[type] ?? 0, ...addressLimitsOf(state, type) };
      }),
    checkAttachAllowed: (eniId) => calling('checkAttachAllowed', 'AttachNetworkInterface', () => void eniId),
    attach: (eniId, instanceId, deviceIndex) =>
      calling('attach', 'AttachNetworkInterface', () => {
        try {
          const id = world.attach(clock.nowMs(), { caller, eniId, instanceId, deviceIndex });
          const attachment: Attachment = {
            id: id as AttachmentId,
            instanceId,
            deviceIndex,
            status: 'attaching',
          };
          return { is: 'accepted' as const, attachment };
        } catch (error) {
          if (!(error instanceof Ec2Refusal)) throw error;
          if (error.code === 'InvalidNetworkInterface.InUse')
            return { is: 'in-use' as const, said: error.code };
          if (error.message.includes('interface attached at device'))
            return { is: 'index-taken' as const, said: error.code };
          throw error;
        }
      }),
    detach: (attachmentId, { force }) =>
      calling('detach', 'DetachNetworkInterface', () => {
        try {
          world.detach(clock.nowMs(), { caller, attachmentId, force });
          return { is: 'accepted' as const };
        } catch (error) {
          if (!(error instanceof Ec2Refusal)) throw error;
          if (error.code === 'InvalidAttachmentID.NotFound') return { is: 'gone' as const, said: error.code };
          if (error.code === 'IncorrectState') return { is: 'not-now' as const, said: error.code };
          throw error;
        }
      }),
  };
}

function eniOf(
  { id, mac, subnetId, ipv4, ipv6, requesterManaged, attachment }: WorldEni,
  availabilityZone: string,
): Eni {
  return {
    id: id as EniId,
    mac: mac as Mac,
    subnetId: subnetId as SubnetId,
    availabilityZone,
    addresses: [...ipv4, ...ipv6],
    requesterManaged,
    attachment: attachment && {
      id: attachment.id as AttachmentId,
      instanceId: attachment.instanceId as InstanceId,
      deviceIndex: attachment.deviceIndex,
      status: attachment.status,
    },
  };
}

function instanceOf(id: InstanceId, { enis, instances }: View): Instance {
  const { type = '', power = 'stopped', availabilityZone = '' } = instances[id] ?? {};
  const attached = Object.values(enis).flatMap(({ attachment }) =>
    attachment?.instanceId === id ? [attachment] : [],
  );
  return {
    id,
    type,
    state: power,
    availabilityZone,
    deviceIndexes: attached.map(({ deviceIndex }) => deviceIndex),
    interfaceCount: attached.length,
  };
}

import { AgentError } from '../../src/core/failure.ts';
import type { EniId, InstanceId, Mac, VpcId } from '../../src/core/ids.ts';
import type { Clock, InstanceMetadata } from '../../src/ports/agent.ts';
import type { World } from '../sandbox/world/create-world.ts';

export interface FakeMetadata extends InstanceMetadata {
  /** Whether it answers. */
  setOn(on: boolean): void;
}

/** The metadata service of one instance in our words: it lists interfaces late, and goes on listing them. */
export function createFakeMetadata(
  world: World,
  clock: Clock,
  instanceId: InstanceId,
  place: { readonly region: string; readonly availabilityZone: string },
): FakeMetadata {
  let isOn = true;
  const asking = async <T>(answer: () => T): Promise<T> => {
    await clock.sleep(world.actual(clock.nowMs()).latencies.imdsCallMs);
    if (!isOn) throw new AgentError('transient', 'the instance metadata service does not answer');
    return answer();
  };
  return {
    setOn: (on) => {
      isOn = on;
    },
    identity: () => asking(() => ({ instanceId, instanceType: 'm5.large', ...place })),
    vpcId: () =>
      asking(() => {
        const { instances, subnets } = world.actual(clock.nowMs());
        return subnets[instances[instanceId]?.subnetId ?? '']?.vpcId as VpcId;
      }),
    findInterface: (target) =>
      asking(() => {
        const { enis, instances, subnets } = world.actual(clock.nowMs());
        const listed = (instances[instanceId]?.listed ?? []).flatMap((id) => enis[id] ?? []);
        const found = listed.find((eni) =>
          'eniId' in target ? eni.id === target.eniId : eni.ipv4.includes(target.ip),
        );
        const subnet = found && subnets[found.subnetId];
        return (
          found &&
          subnet && {
            eniId: found.id as EniId,
            mac: found.mac as Mac,
            addresses: [...found.ipv4, ...found.ipv6],
            subnetCidrs: [subnet.cidr, ...subnet.ipv6Cidrs],
          }
        );
      }),
  };
}

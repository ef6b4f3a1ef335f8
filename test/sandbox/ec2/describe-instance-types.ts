import { addressLimitsOf } from '../world/attach-interface.ts';
import type { AddressLimits } from '../world/world-state.ts';
import { describing } from './describing.ts';
import { setOf } from './xml-answer.ts';

interface Described {
  readonly type: string;
  readonly maximumNetworkInterfaces: number;
  readonly addresses: AddressLimits;
}

/** DescribeInstanceTypes, of which only the network part. Elements: EC2 API reference, NetworkInfo. */
export const describeInstanceTypes = describing<Described>({
  action: 'DescribeInstanceTypes',
  ids: 'InstanceType',
  idForm: /^[a-z0-9-]+\.[a-z0-9-]+$/,
  malformed: 'InvalidInstanceType',
  notFound: ['InvalidInstanceType', 'instance type'],
  idOf: ({ type }) => type,
  all: ({ world, nowMs }) =>
    Object.entries(world.actual(nowMs).instanceTypes).map(([type, maximumNetworkInterfaces]) => ({
      type,
      maximumNetworkInterfaces,
      addresses: addressLimitsOf(world.actual(nowMs), type),
    })),
  filters: { 'instance-type': ({ type }) => [type] },
  render: (things) => ({
    instanceTypeSet: setOf(
      things.map(({ type, maximumNetworkInterfaces, addresses }) => ({
        instanceType: type,
        currentGeneration: true,
        networkInfo: {
          networkPerformance: 'Up to 10 Gigabit',
          maximumNetworkInterfaces,
          ipv4AddressesPerInterface: addresses.ipv4,
          ipv6AddressesPerInterface: addresses.ipv6,
          maximumNetworkCards: 1,
          defaultNetworkCardIndex: 0,
          networkCards: setOf([
            { networkCardIndex: 0, networkPerformance: 'Up to 10 Gigabit', maximumNetworkInterfaces },
          ]),
          ipv6Supported: true,
          enaSupport: 'required',
          efaSupported: false,
        },
      })),
    ),
  }),
});

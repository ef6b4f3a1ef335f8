import { Ec2Refusal } from '../world/ec2-refusal.ts';
import type { Action } from './action.ts';
import { renderInterface } from './describe-network-interfaces.ts';
import type { Query } from './query.ts';

/** CreateNetworkInterface. With the same client token and the same parameters it gives the same ENI again. */
export const createNetworkInterface: Action = (query) => {
  const primary = query.optionalText('PrivateIpAddress');
  const request = {
    subnetId: query.text('SubnetId'),
    addresses: addressesIn(query, primary),
    groups: query.list('SecurityGroupId'),
    description: query.optionalText('Description') ?? '',
    tags: tagsIn(query),
    clientToken: query.text('ClientToken'),
    dryRun: query.flag('DryRun'),
  };
  return {
    cost: 'mutating',
    perform: (context) => {
      const { world, nowMs, caller } = context;
      const eni = world.create(nowMs, { ...request, caller });
      const { availabilityZone = '', vpcId = '' } = world.actual(nowMs).subnets[eni.subnetId] ?? {};
      // So it is called for a moment, whatever it is afterwards.
      const networkInterface = {
        ...renderInterface(eni, { availabilityZone, vpcId }, context),
        status: 'pending',
      };
      return { networkInterface, clientToken: request.clientToken };
    },
  };
};

/** PrivateIpAddresses.N.PrivateIpAddress, the primary one first. */
function addressesIn(query: Query, primary: string | undefined): readonly string[] {
  const listed = query.structures('PrivateIpAddresses').map((prefix) => ({
    address: query.text(`${prefix}.PrivateIpAddress`),
    isPrimary: query.flag(`${prefix}.Primary`),
  }));
  if (primary !== undefined && listed.some(({ isPrimary }) => isPrimary)) {
    throw new Ec2Refusal(
      'InvalidParameterCombination',
      'Only one primary private IP address can be specified.',
    );
  }
  if (primary === undefined && listed.length > 0 && !listed.some(({ isPrimary }) => isPrimary)) {
    throw new Ec2Refusal('InvalidParameterCombination', 'One of the private IP addresses must be primary.');
  }
  const sorted = listed.toSorted((one, other) => Number(other.isPrimary) - Number(one.isPrimary));
  return [...(primary === undefined ? [] : [primary]), ...sorted.map(({ address }) => address)];
}

function tagsIn(query: Query): Readonly<Record<string, string>> {
  return Object.fromEntries(
    query.structures('TagSpecification').flatMap((prefix) => {
      if (query.text(`${prefix}.ResourceType`) !== 'network-interface') {
        throw new Ec2Refusal('InvalidParameterValue', `${prefix}.ResourceType is not network-interface`);
      }
      return query
        .structures(`${prefix}.Tag`)
        .map((tag) => [query.text(`${tag}.Key`), query.optionalText(`${tag}.Value`) ?? ''] as const);
    }),
  );
}

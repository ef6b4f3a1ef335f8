import { createHash } from 'node:crypto';
import type { CreateNetworkInterfaceCommandInput } from '@aws-sdk/client-ec2';
import type { CreateRequest } from '../../ports/eni-creation.ts';

/** The request as EC2 takes it. */
export function inputOf(request: CreateRequest): CreateNetworkInterfaceCommandInput {
  const { subnetId, addresses, securityGroupIds, description, tags } = request;
  return {
    SubnetId: subnetId,
    ClientToken: tokenOf(request),
    ...(addresses.length === 0
      ? {}
      : {
          PrivateIpAddresses: addresses.map((PrivateIpAddress, at) => ({
            PrivateIpAddress,
            Primary: at === 0,
          })),
        }),
    ...(securityGroupIds.length === 0 ? {} : { Groups: [...securityGroupIds] }),
    ...(description === undefined ? {} : { Description: description }),
    ...(tags.length === 0
      ? {}
      : {
          TagSpecifications: [
            {
              ResourceType: 'network-interface',
              Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
            },
          ],
        }),
  };
}

/** EC2 takes 64 ASCII characters. Source: EC2 API reference, "Ensuring idempotency". */
export function tokenOf({ clientToken, ...rest }: CreateRequest): string {
  const { subnetId, addresses, securityGroupIds, description, tags } = rest;
  const words = JSON.stringify([
    subnetId,
    addresses,
    securityGroupIds,
    description ?? '',
    tags.map(({ key, value }) => [key, value]),
  ]);
  return clientToken ?? createHash('sha256').update(words).digest('hex');
}

import { ACCOUNT } from '../plan-vpc.ts';
import type { Eni, Instance, View } from '../world/world-state.ts';
import type { CallContext } from './action.ts';
import { addressSet, dnsNameOf, groupSet, statusOfEni, tagSet } from './describe-network-interfaces.ts';
import { describing } from './describing.ts';
import type { Tree } from './xml-answer.ts';
import { setOf } from './xml-answer.ts';

/** InstanceState (EC2 API reference). */
const STATES = {
  running: { code: 16, name: 'running' },
  stopped: { code: 80, name: 'stopped' },
  terminated: { code: 48, name: 'terminated' },
} as const;

/** DescribeInstances, a reservation for each instance. Elements: EC2 API reference, Instance. */
export const describeInstances = describing<Instance>({
  action: 'DescribeInstances',
  ids: 'InstanceId',
  idForm: /^i-[0-9a-f]{8,17}$/,
  malformed: 'InvalidInstanceID.Malformed',
  notFound: ['InvalidInstanceID.NotFound', 'instance ID'],
  idOf: ({ id }) => id,
  all: (_context, view) => Object.values(view.instances),
  filters: {
    'instance-id': ({ id }) => [id],
    'instance-state-name': ({ power }) => [power],
    'instance-type': ({ type }) => [type],
    'availability-zone': ({ availabilityZone }) => [availabilityZone],
  },
  render: (things, context, view) => ({
    reservationSet: setOf(
      things.map((instance) => ({
        reservationId: instance.id.replace(/^i-/, 'r-'),
        ownerId: ACCOUNT.ownerId,
        groupSet: '',
        instancesSet: setOf([render(instance, context, view)]),
      })),
    ),
  }),
});

function render(instance: Instance, context: CallContext, view: View): Tree {
  const held = Object.values(view.enis).filter(({ attachment }) => attachment?.instanceId === instance.id);
  const own = held.find(({ attachment }) => attachment?.deviceIndex === 0);
  return {
    instanceId: instance.id,
    imageId: 'ami-0123456789abcdef0',
    instanceState: STATES[instance.power],
    privateDnsName: own === undefined ? '' : dnsNameOf(own.ipv4[0]),
    instanceType: instance.type,
    launchTime: context.dateOf(0),
    placement: { availabilityZone: instance.availabilityZone, groupName: '', tenancy: 'default' },
    monitoring: { state: 'disabled' },
    ...(own === undefined
      ? {}
      : { subnetId: own.subnetId, vpcId: ACCOUNT.vpcId, privateIpAddress: own.ipv4[0] }),
    sourceDestCheck: own?.sourceDestCheck,
    groupSet: groupSet(own?.groups ?? []),
    tagSet: tagSet(instance.tags),
    iamInstanceProfile: {
      arn: `arn:${ACCOUNT.partition}:iam::${ACCOUNT.ownerId}:instance-profile/${ACCOUNT.role}`,
      id: 'AIPA0123456789ABCDEF0',
    },
    metadataOptions: {
      state: 'applied',
      httpTokens: instance.metadataOptions.httpTokens,
      httpPutResponseHopLimit: instance.metadataOptions.hopLimit,
      httpEndpoint: 'enabled',
      httpProtocolIpv6: 'disabled',
      instanceMetadataTags: 'disabled',
    },
    architecture: 'x86_64',
    rootDeviceType: 'ebs',
    hypervisor: 'xen',
    networkInterfaceSet: setOf(held.map((eni) => renderInterface(eni, context))),
  };
}

function renderInterface(eni: Eni, context: CallContext): Tree {
  const { attachment } = eni;
  return {
    networkInterfaceId: eni.id,
    subnetId: eni.subnetId,
    vpcId: ACCOUNT.vpcId,
    description: eni.description,
    ownerId: ACCOUNT.ownerId,
    status: statusOfEni(eni),
    macAddress: eni.mac,
    privateIpAddress: eni.ipv4[0],
    sourceDestCheck: eni.sourceDestCheck,
    groupSet: groupSet(eni.groups),
    attachment: {
      attachmentId: attachment?.id,
      deviceIndex: attachment?.deviceIndex,
      networkCardIndex: 0,
      status: attachment?.status,
      attachTime: context.dateOf(attachment?.sinceMs ?? 0),
      deleteOnTermination: attachment?.deleteOnTermination,
    },
    privateIpAddressesSet: addressSet(eni),
    ipv6AddressesSet: setOf(eni.ipv6.map((ipv6Address) => ({ ipv6Address }))),
    interfaceType: eni.interfaceType,
  };
}

import { afterAll } from 'vitest';
import { createPool } from '../pool.ts';
import { interrupt } from './interrupt.ts';
import { openLaboratory } from './laboratory.ts';
import { startOfFreeEni, stop, stopWithoutState, takeover } from './scene.ts';

const labs = createPool(openLaboratory);
afterAll(() => labs.close());

/** Wherever the ENI is. */
const CALLS_OF_START: readonly string[] = [
  '/latest/api/token #1',
  '/latest/dynamic/instance-identity/document #1',
  '/latest/api/token #2',
  '/latest/meta-data/iam/security-credentials/ #1',
  '/latest/meta-data/iam/security-credentials/aws-eni-node #1',
  'flock #1',
  'udevadm control #1',
  'ip look without the device #1',
  'ip look at IPv6 without the device #1',
  'ip look with the device #1',
  'ip change with the device #1',
  'ip look at IPv6 with the device after change 1 #1',
  'logger #1',
];

await interrupt(labs, startOfFreeEni, {
  ec2Calls: [
    'DescribeNetworkInterfaces #1',
    'DescribeSubnets #1',
    'DescribeInstances #1',
    'AttachNetworkInterface #1',
  ],
  otherCalls: CALLS_OF_START,
  runs: 30,
});

await interrupt(labs, takeover, {
  ec2Calls: [
    'DescribeNetworkInterfaces #1',
    'DescribeSubnets #1',
    'DescribeInstances #1',
    'AttachNetworkInterface (dry run) #1',
    'DetachNetworkInterface #1',
    'AttachNetworkInterface #2',
  ],
  otherCalls: CALLS_OF_START,
  runs: 30,
});

await interrupt(labs, stop, {
  ec2Calls: ['DescribeNetworkInterfaces #1', 'DetachNetworkInterface #1', 'DescribeNetworkInterfaces #2'],
  otherCalls: [
    '/latest/api/token #1',
    '/latest/meta-data/iam/security-credentials/ #1',
    '/latest/meta-data/iam/security-credentials/aws-eni-node #1',
    'flock #1',
    'udevadm settle #1',
    'udevadm control #1',
    'ip look with the device #1',
    'ip change with the device #1',
    'ip look at IPv6 with the device after change 1 #1',
    'logger #1',
  ],
  runs: 30,
});

await interrupt(labs, stopWithoutState, {
  ec2Calls: [
    'DescribeNetworkInterfaces #1',
    'DescribeSubnets #1',
    'DescribeNetworkInterfaces #2',
    'DetachNetworkInterface #1',
    'DescribeNetworkInterfaces #3',
  ],
  otherCalls: [
    '/latest/api/token #3',
    '/latest/dynamic/instance-identity/document #2',
    '/latest/meta-data/iam/security-credentials/ #1',
    '/latest/meta-data/iam/security-credentials/aws-eni-node #1',
    '/latest/meta-data/network/interfaces/macs/02:d4:e5:f6:07:18/interface-id #1',
    'flock #1',
    'udevadm settle #1',
    'udevadm control #1',
    'ip change with the device #1',
    'ip look at IPv6 with the device after change 1 #2',
    'logger #1',
  ],
  runs: 30,
});

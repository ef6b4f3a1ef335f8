import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import type { Hang } from './hang.ts';
import { clearFaults, ec2Silent, isolated, plain } from './hang.ts';

const fault =
  (rule: Omit<Parameters<Sandbox['fault']>[0], 'match'> & { readonly match: object }): Hang['begin'] =>
  async (sandbox, node) => {
    await sandbox.fault({
      ...rule,
      match: { service: 'ec2', ...rule.match, instanceId: node.instanceId },
    } as Parameters<Sandbox['fault']>[0]);
    return plain;
  };
const imds =
  (mode: 'black-hole' | 'refused'): Hang['begin'] =>
  async (sandbox, node) => {
    await sandbox.setImds(node.instanceId, mode);
    return plain;
  };
const imdsOn = (sandbox: Sandbox, node: SandboxNode): Promise<unknown> =>
  sandbox.setImds(node.instanceId, 'on');
const identitySilent = {
  start: { exitCode: 1, says: /out of time after .* while asking the metadata service who this instance is/ },
  stop: isolated,
  monitor: { exitCode: 7, says: /^$/ },
} as const;

/** Packets of this kind leave the node no more. */
async function hush(node: SandboxNode, packets: string): Promise<void> {
  const lines = [
    'add table ip hush',
    'add chain ip hush out { type filter hook output priority 0; }',
    `add rule ip hush out ${packets} drop`,
  ];
  await node.exec('nft', ['-f', '-'], { input: `${lines.join('\n')}\n` });
}

const unhush: Hang['end'] = (_, node) => node.exec('nft', ['delete', 'table', 'ip', 'hush']);

/** EC2, the metadata service, and who stands before them. Each takes a sandbox of its own. */
export const silentServices: readonly Hang[] = [
  {
    name: 'the metadata service is a black hole',
    begin: imds('black-hole'),
    end: imdsOn,
    expected: identitySilent,
  },
  {
    name: 'the metadata service refuses connections',
    begin: imds('refused'),
    end: imdsOn,
    expected: identitySilent,
  },
  {
    name: 'the metadata service drips its answers',
    begin: fault({ match: { service: 'imds' }, do: { dripMs: 200 } }),
    end: clearFaults,
    expected: identitySilent,
  },
  {
    name: 'credentials never come',
    begin: fault({ match: { service: 'imds', path: 'security-credentials' }, do: 'black-hole' }),
    end: clearFaults,
    served: true,
    expected: { stop: isolated, monitor: ec2Silent.monitor },
  },
  {
    name: 'packets to EC2 are dropped',
    begin: async (sandbox, node) => {
      await sandbox.setEndpoint('black-hole', node.instanceId);
      return plain;
    },
    end: (sandbox, node) => sandbox.setEndpoint('on', node.instanceId),
    expected: ec2Silent,
  },
  {
    name: 'EC2 never answers',
    begin: fault({ match: {}, do: 'black-hole' }),
    end: clearFaults,
    expected: ec2Silent,
  },
  {
    name: 'EC2 drips its answer',
    begin: fault({ match: {}, do: { dripMs: 100 } }),
    end: clearFaults,
    expected: ec2Silent,
  },
  {
    name: 'EC2 throttles for ever',
    begin: fault({ match: {}, do: { error: 'RequestLimitExceeded', status: 503 } }),
    end: clearFaults,
    expected: ec2Silent,
  },
  {
    name: 'no device comes',
    begin: async (sandbox, node) => {
      await sandbox.hang(node.instanceId);
      return plain;
    },
    end: (sandbox, node) => sandbox.unhang(node.instanceId),
    expected: {
      start: {
        exitCode: 1,
        says: /out of time .* while waiting for the kernel to show a device with MAC \S+: EC2 says/,
      },
    },
  },
  {
    name: 'no device goes',
    begin: async (sandbox, node) => {
      await sandbox.hang(node.instanceId);
      return plain;
    },
    end: (sandbox, node) => sandbox.unhang(node.instanceId),
    served: true,
    expected: { stop: isolated },
  },
  {
    name: 'a profile’s credential process hangs',
    begin: async (_, node) => {
      const config = '[profile slow]\ncredential_process = sleep 1000\n';
      await node.exec('sh', ['-c', 'cat > /run/aws-config'], { input: config });
      return {
        parameters: { eni_id: 'eni-0a1b2c3d4e5f60718', profile: 'slow' },
        environment: { AWS_CONFIG_FILE: '/run/aws-config', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
      };
    },
    expected: ec2Silent,
  },
  {
    name: 'the name server never answers',
    begin: async (_, node) => {
      await node.exec('sh', [
        '-ec',
        'echo nameserver 10.1.0.1 > /run/resolv && mount --bind /run/resolv $(readlink -f /etc/resolv.conf)',
      ]);
      await hush(node, 'udp dport 53');
      return { parameters: { eni_id: 'eni-0a1b2c3d4e5f60718', endpoint_url: 'http://ec2.example:8773' } };
    },
    end: unhush,
    expected: ec2Silent,
  },
  {
    name: 'the proxy never answers',
    begin: async (_, node) => {
      await hush(node, 'tcp dport 3128');
      return {
        parameters: { eni_id: 'eni-0a1b2c3d4e5f60718', endpoint_url: 'https://10.1.0.1:8773' },
        environment: { HTTPS_PROXY: 'http://10.1.0.1:3128' },
      };
    },
    end: unhush,
    expected: ec2Silent,
  },
];

import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import type { Call } from '../agent.ts';
import { placeProgram } from '../place-program.ts';
import { limitsMs, resourceOf } from './limits.ts';

interface Expected {
  readonly exitCode: number;
  /** In the reason, or in the warnings of an action that goes well. */
  readonly says: RegExp;
}

/** One way to hang, and how each action ends under it. */
export interface Hang {
  readonly name: string;
  /** Puts it on the node; what comes back is how the action is called. */
  readonly begin: (sandbox: Sandbox, node: SandboxNode) => Promise<Pick<Call, 'parameters' | 'environment'>>;
  readonly end?: (sandbox: Sandbox, node: SandboxNode) => Promise<unknown>;
  /** Whether the node serves when the hang begins. */
  readonly served?: boolean;
  /** One limit after the other: what one action does changes what the next one meets. */
  readonly inTurn?: boolean;
  readonly expected: Readonly<Partial<Record<'start' | 'stop' | 'monitor', Expected>>>;
}

const plain = { environment: {} };
const fault =
  (rule: Omit<Parameters<Sandbox['fault']>[0], 'match'> & { readonly match: object }): Hang['begin'] =>
  async (sandbox, node) => {
    await sandbox.fault({
      ...rule,
      match: { service: 'ec2', ...rule.match, instanceId: node.instanceId },
    } as Parameters<Sandbox['fault']>[0]);
    return plain;
  };
const clearFaults = (sandbox: Sandbox): Promise<unknown> => sandbox.clearFaults();
const imds =
  (mode: 'black-hole' | 'refused'): Hang['begin'] =>
  async (sandbox, node) => {
    await sandbox.setImds(node.instanceId, mode);
    return plain;
  };
const imdsOn = (sandbox: Sandbox, node: SandboxNode): Promise<unknown> =>
  sandbox.setImds(node.instanceId, 'on');
const program =
  (name: string, script: string): Hang['begin'] =>
  async (_, node) => ({ environment: { PATH: await placeProgram(node, name, script) } });

const isolated = { exitCode: 0, says: /isolated but may still be attached|may still be attached here/ };
const ec2Silent = {
  start: { exitCode: 1, says: /out of time after .* while finding eni-\S+ in EC2/ },
  stop: isolated,
  monitor: { exitCode: 0, says: /could not confirm that eni-\S+ is attached here/ },
} as const;
const identitySilent = {
  start: { exitCode: 1, says: /out of time after .* while asking the metadata service who this instance is/ },
  stop: isolated,
  monitor: { exitCode: 7, says: /^$/ },
} as const;
const ipHangs = {
  start: { exitCode: 1, says: /'ip .*' did not end within \d+ ms|out of time .* ip / },
  stop: { exitCode: 1, says: /'ip .*' did not end within \d+ ms/ },
  monitor: { exitCode: 1, says: /'ip .*' did not end within \d+ ms/ },
} as const;
const REAL_IP = 'exec /usr/sbin/ip "$@"';
const inApply = (script: string): string => `case "$*" in *-j*) ${REAL_IP} ;; esac\n${script}`;

/** The locks of these resources, held by other processes of the node. */
const holdLocks: Hang['begin'] = async (_, node) => {
  await Promise.all(
    limitsMs.map(async (limitMs) => {
      const lock = `/run/resource-agents/aws-eni-${resourceOf(limitMs)}.lock`;
      const script = `mkdir -p /run/resource-agents; umask 077; exec flock ${lock} sh -c 'echo held; echo $$ > ${lock}.pid; exec sleep 1000'`;
      const { running } = await node.spawn('sh', ['-c', script]);
      await new Promise((resolve) => running.stdout.once('data', resolve));
    }),
  );
  return plain;
};

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

/** Each takes a sandbox of its own: what it does to the node would be in the others' way. */
export const hangs: readonly Hang[] = [
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
    name: 'another action holds the lock',
    begin: holdLocks,
    end: (_, node) =>
      node.exec('sh', [
        '-ec',
        'kill $(cat /run/resource-agents/*.lock.pid); rm /run/resource-agents/*.lock.pid',
      ]),
    expected: {
      start: { exitCode: 1, says: /another action on this resource still holds it/ },
      stop: { exitCode: 1, says: /another action on this resource still holds it/ },
      monitor: { exitCode: 7, says: /^$/ },
    },
  },
  {
    name: 'ip hangs before its work',
    begin: program('ip', 'exec sleep 1000'),
    expected: ipHangs,
  },
  {
    name: 'ip ignores SIGTERM',
    begin: program('ip', "trap '' TERM HUP INT\nwhile :; do sleep 1000; done"),
    expected: ipHangs,
  },
  {
    name: 'ip hangs after a look',
    begin: program('ip', '/usr/sbin/ip "$@"\nexec sleep 1000'),
    expected: ipHangs,
  },
  {
    name: 'ip leaves a process that keeps its output open',
    begin: program('ip', `sleep 1000 &\n${REAL_IP}`),
    expected: {
      start: { exitCode: 1, says: /a process that it left behind kept its output open/ },
      stop: { exitCode: 1, says: /a process that it left behind kept its output open/ },
      monitor: { exitCode: 1, says: /a process that it left behind kept its output open/ },
    },
  },
  {
    name: 'ip hangs before a change',
    begin: program('ip', inApply('exec sleep 1000')),
    expected: { start: { exitCode: 1, says: /configuring the device of eni-\S+|'ip .*' did not end/ } },
  },
  {
    name: 'ip hangs after a change',
    begin: program('ip', inApply('/usr/sbin/ip "$@"\nexec sleep 1000')),
    served: true,
    inTurn: true,
    expected: { stop: { exitCode: 1, says: /'ip .*' did not end within|no time is left to run/ } },
  },
  {
    name: 'flock hangs',
    begin: program('flock', 'exec sleep 1000'),
    expected: {
      start: { exitCode: 1, says: /could not use the lock \S+: 'flock .*' did not end within \d+ ms/ },
      stop: { exitCode: 0, says: /could not use the lock .* the stop goes on without a lock/ },
      monitor: { exitCode: 7, says: /^$/ },
    },
  },
  {
    name: 'somebody undoes what start does',
    begin: program('ip', `${inApply('/usr/sbin/ip "$@"\n/usr/sbin/ip rule del priority 100')}`),
    expected: { start: { exitCode: 1, says: /out of time .* while (?:waiting for rule|configuring)/ } },
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
  {
    name: 'logger hangs without reading, and EC2 is a black hole',
    begin: async (sandbox, node) => {
      await sandbox.fault({ match: { service: 'ec2', instanceId: node.instanceId }, do: 'black-hole' });
      return { environment: { PATH: await placeProgram(node, 'logger', 'exec sleep 1000'), HA_debug: '1' } };
    },
    end: clearFaults,
    expected: { start: ec2Silent.start, stop: isolated },
  },
  {
    name: 'there is no syslog, and EC2 is a black hole',
    begin: async (sandbox, node) => {
      await node.exec('sh', [
        '-c',
        'mkdir -p /run/dev && mount --bind /run/dev /dev/shm; rm -f /dev/shm/log',
      ]);
      await sandbox.fault({ match: { service: 'ec2', instanceId: node.instanceId }, do: 'black-hole' });
      return {
        environment: {
          PATH: await placeProgram(node, 'logger', 'echo socket /dev/log: Connection refused >&2; exit 1'),
        },
      };
    },
    end: clearFaults,
    expected: { start: ec2Silent.start, stop: isolated },
  },
];

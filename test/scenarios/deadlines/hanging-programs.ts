import { placeProgram } from '../place-program.ts';
import type { Hang } from './hang.ts';
import { clearFaults, ec2Silent, isolated, plain } from './hang.ts';
import { limitsMs, resourceOf } from './limits.ts';

const program =
  (name: string, script: string): Hang['begin'] =>
  async (_, node) => ({ environment: { PATH: await placeProgram(node, name, script) } });

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

/** What the agent runs on its node. Each takes a sandbox of its own: what it does to the node would be in the others' way. */
export const hangingPrograms: readonly Hang[] = [
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
    // Another start could make it anew between that and the look, and the look would find it.
    inTurn: true,
    // Before each look, so that none is quicker.
    begin: program('ip', '/usr/sbin/ip rule del priority 100 2> /dev/null\nexec /usr/sbin/ip "$@"'),
    expected: { start: { exitCode: 1, says: /out of time .* while (?:waiting for rule|configuring)/ } },
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

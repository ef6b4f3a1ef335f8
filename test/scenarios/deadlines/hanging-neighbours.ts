import type { SandboxNode } from '../../sandbox/sandbox.ts';
import { NODE_A, SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import { startUdev } from '../neighbours/distribution.ts';
import { placePrograms } from '../place-program.ts';
import type { Expected, Hang } from './hang.ts';

const HANGS = 'exec sleep 1000';
const YES = 'exit 0';

/** A start and a stop have enough of this left when they have waited for somebody in vain. */
const AMPLE_MS = 20_000;

const OUT_OF_TIME =
  /out of time after .* while \S+|'ip .*' did not end within \d+ ms|ms were left for 'ip|no time is left to run 'ip/;
const STAYS_AWAY = '; it goes on leaving that device alone until this node boots';
const MAY_MEDDLE = "; it may configure the device of eni-\\S+, too; see 'aws-eni doctor'";

/** That somebody can't be told is a warning. Where it leaves no time for the rest, the reason says what that was. */
const warns = (words: string): Expected => ({
  exitCode: 0,
  says: new RegExp(`WARNING: ${words}`),
  belowMs: AMPLE_MS,
  otherwise: { exitCode: 1, says: OUT_OF_TIME },
});

/** A stop that comes to its end has let go of the ENI, or has said that it could not. */
const warnsInEnd = (words: string): Expected => ({
  ...warns(words),
  otherwise: { exitCode: 0, says: /isolated but may still be attached|may still be attached here/ },
});

async function run(node: SandboxNode, script: string): Promise<void> {
  const { exitCode, stderr } = await node.exec('sh', ['-ec', script]);
  if (exitCode !== 0) throw new Error(`'${script}' on ${node.name}: ${stderr}`);
}

const becomeNetworkd = (node: SandboxNode): Promise<void> =>
  run(node, 'mkdir -p /run/systemd/netif/links /run/systemd/system');

/** NetworkManager is not on this machine: what the agent knows it by, with all devices in its hands. */
const becomeNetworkManager = (node: SandboxNode): Promise<void> =>
  run(
    node,
    [
      'mkdir -p /run/sbin/upper /run/sbin/work /run/NetworkManager/devices /run/systemd/system',
      'mount -t overlay overlay -o lowerdir=/usr/sbin,upperdir=/run/sbin/upper,workdir=/run/sbin/work /usr/sbin',
      ': > /usr/sbin/NetworkManager',
      'for path in /sys/class/net/*; do echo managed=true > "/run/NetworkManager/devices/$(cat $path/ifindex)"; done',
    ].join('\n'),
  );

/** Who configures network devices besides the agent. */
export const hangingNeighbours: readonly Hang[] = [
  {
    name: 'udevadm hangs',
    alsoMs: AMPLE_MS,
    begin: async (_, node) => {
      if ((await node.exec('test', ['-S', '/run/udev/control'])).exitCode !== 0) await startUdev(node);
      return { environment: { PATH: await placePrograms(node, { udevadm: HANGS }) } };
    },
    expected: {
      start: warns(
        `could not tell udev: 'udevadm control --reload' did not end within \\d+\\.\\d s${MAY_MEDDLE}`,
      ),
      stop: warnsInEnd(
        `could not tell udev: 'udevadm control --reload' did not end within \\d+\\.\\d s${STAYS_AWAY}`,
      ),
    },
  },
  {
    name: 'networkctl hangs',
    alsoMs: AMPLE_MS,
    begin: async (_, node) => {
      await becomeNetworkd(node);
      return { environment: { PATH: await placePrograms(node, { systemctl: YES, networkctl: HANGS }) } };
    },
    expected: {
      start: warns(
        `could not tell systemd-networkd: 'networkctl reload' did not end within \\d+\\.\\d s${MAY_MEDDLE}`,
      ),
      stop: warnsInEnd(
        `could not tell systemd-networkd: 'networkctl reload' did not end within \\d+\\.\\d s${STAYS_AWAY}`,
      ),
    },
  },
  {
    name: 'systemctl hangs',
    alsoMs: AMPLE_MS,
    begin: async (_, node) => {
      await becomeNetworkd(node);
      return { environment: { PATH: await placePrograms(node, { systemctl: HANGS }) } };
    },
    expected: {
      start: warns(
        `could not tell systemd-networkd: 'systemctl is-active \\S+ \\S+' did not end within \\d+\\.\\d s${MAY_MEDDLE}`,
      ),
      stop: warnsInEnd(
        `could not tell systemd-networkd: 'systemctl is-active \\S+ \\S+' did not end within \\d+\\.\\d s${STAYS_AWAY}`,
      ),
    },
  },
  {
    name: 'nmcli hangs, and NetworkManager has the device',
    alsoMs: AMPLE_MS,
    begin: async (sandbox, node) => {
      await sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
      await becomeNetworkManager(node);
      return { environment: { PATH: await placePrograms(node, { systemctl: YES, nmcli: HANGS }) } };
    },
    expected: {
      start: warns(
        `could not take \\S+ from NetworkManager: 'nmcli device set \\S+ managed no' did not end within \\d+\\.\\d s${MAY_MEDDLE}`,
      ),
    },
  },
];

import { describe, expect } from 'vitest';
import { callAgent } from '../agent.ts';
import { IFCFG, script, startUdev } from '../neighbours/distribution.ts';
import { scenario, scenarioIn } from '../scenario.ts';
import { callCommand } from './call-command.ts';
import { checksOf, DOCTOR, placeSystemctl, statuses } from './call-doctor.ts';

/** With one of these at work, each of them is. */
const UNITS = [
  'cloud-netconfig.timer',
  'NetworkManager.service',
  'nm-cloud-setup.timer',
  'systemd-networkd.service',
  'cloud-init-hotplugd.socket',
  'wickedd.service',
  'networking.service',
];

/** Rules of udev alone. */
const HAS_NO_UNIT: ReadonlySet<string> = new Set(['amazon-ec2-net-utils']);

const SLES = {
  deviceNames: ['eth1'],
  rename: 'never',
  privateDirectories: [{ path: '/etc/sysconfig', kept: 'memory' }],
} as const;

const NEIGHBOURS = [
  'cloud-netconfig',
  'wicked',
  'networkmanager',
  'nm-cloud-setup',
  'systemd-networkd',
  'cloud-init',
  'amazon-ec2-net-utils',
  'ifupdown',
];

describe.concurrent('doctor', () => {
  scenario(
    'neighbours that interfere are warned of, each until its setting keeps it off',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      const environment = {
        PATH: await placeSystemctl(a, UNITS),
      };
      const found = async (options: readonly string[] = []): Promise<Readonly<Record<string, string>>> =>
        Object.fromEntries(
          Object.entries(
            statuses((await checksOf(sandbox, a, [...DOCTOR, ...options], { environment })).checks),
          ).filter(([id]) => id.startsWith('neighbour')),
        );
      const at = (file: string): string => `mkdir -p ${file.replace(/\/[^/]*$/, '')}; cat > ${file}`;
      await a.exec('sh', [
        '-ec',
        'for one in /etc/default /etc/sysconfig /etc/NetworkManager /etc/systemd /etc/udev /usr/lib/udev; do mkdir -p $one 2>/dev/null || true; mount -t tmpfs tmpfs $one; done; mkdir -p /usr/lib/udev/rules.d; touch /usr/lib/udev/rules.d/99-vpc-policy-routes.rules',
      ]);
      await a.exec('sh', ['-ec', at('/etc/sysconfig/network/ifcfg-eth1')], { input: "BOOTPROTO='dhcp'\n" });
      const all = (status: string): Record<string, string> =>
        Object.fromEntries(NEIGHBOURS.map((name) => [`neighbour-${name}`, status]));
      // Nothing tells them that udev would have to, and by default start would tell them.
      expect(await found()).toEqual({
        ...all('warning'),
        // By files of its own.
        'neighbour-systemd-networkd': 'ok',
      });
      expect(await found(['--exclusive', 'false'])).toEqual(all('warning'));
      // What start has told is told of; without a cluster, of a resource that has doctor's own name for it.
      const call = { environment: { OCF_RESOURCE_INSTANCE: 'default' } };
      expect(await callAgent(sandbox, a, 'start', call)).toMatchObject({ exitCode: 0 });
      const { stdout } = await callCommand(sandbox, a, DOCTOR, { environment });
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
        "systemd-networkd: active, and kept off the ENI's device",
      );
      expect(await callAgent(sandbox, a, 'stop', call)).toMatchObject({ exitCode: 0 });
      await startUdev(a);
      expect(await found()).toEqual(all('ok'));
      for (const [file, input] of [
        ['/etc/sysconfig/network/ifcfg-eth1', "STARTMODE='off'\n"],
        ['/etc/NetworkManager/conf.d/aws-eni.conf', '[main]\nno-auto-default=*\n'],
        [
          '/etc/systemd/network/00-aws-eni.network',
          '[Match]\nMACAddress=02:00:0a:02:00:0a\n[Link]\nUnmanaged=yes\n',
        ],
        ['/etc/udev/rules.d/51-cloud-netconfig-hotplug.rules', ''],
        ['/etc/udev/rules.d/99-vpc-policy-routes.rules', ''],
      ] as const)
        await a.exec('sh', ['-ec', at(file)], { input });
      expect(await found(['--exclusive', 'false'])).toEqual({
        ...all('ok'),
        'neighbour-nm-cloud-setup': 'warning',
        'neighbour-cloud-init': 'warning',
        'neighbour-ifupdown': 'warning',
      });
      // Its value goes into a file for wicked, and keeps nobody off.
      await a.exec('sh', ['-ec', 'rm /etc/udev/rules.d/51-cloud-netconfig-hotplug.rules'], {});
      await a.exec('sh', ['-ec', at('/etc/default/cloud-netconfig')], {
        input: 'CLOUD_NETCONFIG_MANAGE="no"\n',
      });
      expect(await found(['--exclusive', 'false'])).toMatchObject({
        'neighbour-cloud-netconfig': 'warning',
      });
    },
  );

  /** All that the agent knows of, installed and at work, without a setting of their own. */
  const PRESENT = `mkdir -p /run/sbin/upper /run/sbin/work /run/rules/upper /run/rules/work
mount -t overlay overlay -o lowerdir=/usr/sbin,upperdir=/run/sbin/upper,workdir=/run/sbin/work /usr/sbin
touch /usr/sbin/NetworkManager /usr/sbin/wicked /usr/sbin/ifdown
mount -t overlay overlay -o lowerdir=/usr/lib/udev/rules.d,upperdir=/run/rules/upper,workdir=/run/rules/work /usr/lib/udev/rules.d
touch /usr/lib/udev/rules.d/99-vpc-policy-routes.rules
mkdir -p /run/systemd/system /run/systemd/netif/links /run/NetworkManager/devices /run/wicked /run/network /etc/sysconfig/network
echo BOOTPROTO=dhcp > ${IFCFG}`;

  /** As those say it themselves who can. */
  const HELD = `index=$(cat /sys/class/net/eth1/ifindex)
echo ADMIN_STATE=configured > /run/systemd/netif/links/$index
echo managed=true > /run/NetworkManager/devices/$index
echo eth1=eth1 > /run/network/ifstate
echo STARTMODE=auto >> ${IFCFG}`;

  scenarioIn(SLES)('each neighbour is told of as it stands to the ENI’s device', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const PATH = await placeSystemctl(a, UNITS, { networkctl: 'exit 0' });
    const words = async (): Promise<Readonly<Record<string, string>>> => {
      const { checks } = await checksOf(sandbox, a, DOCTOR, { environment: { PATH } });
      const said = checks.filter(({ id }) => id.startsWith('neighbour-'));
      return Object.fromEntries(
        said.map(({ id, status, found, remedy }) => [
          id.replace('neighbour-', ''),
          `${status}: ${found}${remedy === null ? '' : `; ${remedy}`}`,
        ]),
      );
    };
    const all = (found: string): Record<string, string> =>
      Object.fromEntries(
        NEIGHBOURS.map((name) => [
          name,
          found.replace('WORKS', HAS_NO_UNIT.has(name) ? 'installed' : 'active'),
        ]),
      );
    await script(a, PRESENT);
    const wouldBe = all("ok: WORKS; start keeps it off the ENI's device");
    expect(await words()).toEqual({
      ...all('warning: WORKS: it would be told by udev, which does not run; start systemd-udevd'),
      // By files of its own.
      'systemd-networkd': wouldBe['systemd-networkd'],
    });
    await startUdev(a);
    expect(await words()).toEqual(wouldBe);

    const environment = { OCF_RESOURCE_INSTANCE: 'default', PATH };
    expect(await callAgent(sandbox, a, 'start', { environment })).toMatchObject({
      exitCode: 0,
      stderr: expect.not.stringContaining('WARNING'),
    });
    const keptOff = all("ok: WORKS, and kept off the ENI's device");
    expect(await words()).toEqual(keptOff);

    await script(a, HELD);
    const held = all(
      "warning: WORKS, and has the ENI's device in its hands; start takes it from there: restart the resource",
    );
    expect(await words()).toEqual({
      ...held,
      // They hear of a device, and have none.
      'cloud-netconfig': keptOff['cloud-netconfig'],
      'cloud-init': keptOff['cloud-init'],
      'amazon-ec2-net-utils': keptOff['amazon-ec2-net-utils'],
      wicked: `warning: active: ${IFCFG} tells it to configure the device; remove the file, or set STARTMODE='off' in it`,
    });
  });
});

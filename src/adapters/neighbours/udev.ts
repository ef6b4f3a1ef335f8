import { existsSync, statSync, writeFileSync } from 'node:fs';
import type { Mac } from '../../core/ids.ts';
import type { NoticeReader } from './notice.ts';
import { MADE_BY } from './notice.ts';
import type { PresentDevice } from './present-device.ts';
import { tell } from './tell.ts';
import { textOf } from './text-of.ts';
import { until } from './until.ts';

/** Its rules are in memory: a boot forgets them. Source: udev(7), "Rules files". */
const RULES = '/run/udev/rules.d';
const RUNS = '/run/udev/control';

/** Marks in udev's record a device that came under our rule, or that was there already and was looked at again under it. */
const MARK = 'AWS_ENI';
const UNHEARD_OF = 'came';
const HEARD_OF = 'was-here';

/** Rules that run programs for each network device that appears, by the software that they belong to. */
export const HOOKS: Readonly<Record<string, readonly string[]>> = {
  'cloud-netconfig': ['51-cloud-netconfig-hotplug.rules', '61-cloud-netconfig-hotplug.rules'],
  'cloud-init': ['10-cloud-init-hook-hotplug.rules', '90-cloud-init-hook-hotplug.rules'],
  ifupdown: ['80-ifupdown.rules', '75-cloud-ifupdown.rules'],
  'amazon-ec2-net-utils': ['99-vpc-policy-routes.rules'],
};

/** In the order in which udev looks. A file in an earlier one hides those of its name in later ones. */
const RULE_DIRECTORIES = [
  '/etc/udev/rules.d',
  '/run/udev/rules.d',
  '/usr/lib/udev/rules.d',
  '/lib/udev/rules.d',
];

/** A list of programs can only be replaced by one that is not empty. */
const NOTHING = '/bin/true';

const SYSCTL = ['/usr/lib/systemd/systemd-sysctl', '/lib/systemd/systemd-sysctl'];

interface Udev extends NoticeReader {
  /** Whether the device is under our rule. */
  isMarked(device: PresentDevice): boolean;
  /** Has it look at a device that was here before the rule was, or before it was gone; resolves when it has. */
  lookAgain(device: PresentDevice, isMarked: boolean, untilMs: number): Promise<void>;
  /** Resolves when it has done with all that has happened so far. */
  settle(untilMs: number): Promise<void>;
}

/**
 * udev itself, which tells others of devices. One rule, after all others, has NetworkManager leave the device alone
 * (NM_UNMANAGED) and runs none of the programs by which cloud-netconfig, cloud-init, ifupdown and amazon-ec2-net-utils
 * hear of a device, when it comes and when it goes.
 * @param key names the resource, in names of files
 */
export function createUdev(key: string): Udev {
  return {
    name: 'udev',
    isInstalled: () => existsSync(RUNS),
    noticePath: `${RULES}/99-zz-aws-eni-${key}.rules`,
    noticeFor: ruleFor,
    reread: (untilMs) => tell(['udevadm', 'control', '--reload'], untilMs),
    isMarked,
    lookAgain: async (device, marked, untilMs) => {
      writeFileSync(`/sys/class/net/${device.name}/uevent`, 'change');
      await until(() => isMarked(device) === marked, 'it did not look at the device again', untilMs);
    },
    settle: (untilMs) => tell(['udevadm', 'settle'], untilMs),
  };
}

/** Names of the software whose programs udev would run for a device that appears. */
function hooksHere(): readonly string[] {
  return Object.entries(HOOKS).flatMap(([name, files]) => (files.some(isInForce) ? [name] : []));
}

/** Source: systemd, sd-device: records of network devices are named by ifindex. */
function isMarked({ ifindex }: PresentDevice): boolean {
  return textOf(`/run/udev/data/n${ifindex}`)
    .split('\n')
    .some((line) => line.startsWith(`E:${MARK}=`));
}

/** An empty one, or a link to /dev/null, switches off those of its name. */
function isInForce(name: string): boolean {
  const first = RULE_DIRECTORIES.map((directory) => `${directory}/${name}`).find((path) => existsSync(path));
  return first !== undefined && statSync(first).size > 0;
}

function ruleFor(mac: Mac): string {
  const hooks = hooksHere();
  return [
    MADE_BY,
    'SUBSYSTEM!="net", GOTO="aws_eni_end"',
    // Who has heard of it before is to hear that it goes.
    ...(hooks.length === 0 ? [] : [`ACTION=="remove", ENV{${MARK}}=="${UNHEARD_OF}", RUN="${NOTHING}"`]),
    'ACTION=="remove", GOTO="aws_eni_end"',
    // What is made on top of the ENI, such as a VLAN, can have its MAC and is not meant.
    'ENV{DEVTYPE}=="?*", GOTO="aws_eni_end"',
    `ATTR{address}!="${mac}", GOTO="aws_eni_end"`,
    'ENV{NM_UNMANAGED}="1"',
    // An event has nothing of the device's record by itself.
    `IMPORT{db}="${MARK}"`,
    `ENV{${MARK}}=="", ENV{${MARK}}="${HEARD_OF}"`,
    `ACTION=="add", ENV{${MARK}}="${UNHEARD_OF}"`,
    ...(hooks.length === 0
      ? []
      : [
          `# Instead of the programs by which ${hooks.join(', ')} would hear of it, systemd's own setting of sysctls.`,
          `ACTION=="add", RUN="${onlySysctls()}"`,
          'ENV{SYSTEMD_WANTS}=""',
        ]),
    'LABEL="aws_eni_end"',
    '',
  ].join('\n');
}

/** Source: systemd, rules.d/99-systemd.rules. */
function onlySysctls(): string {
  const sysctl = SYSCTL.find((path) => existsSync(path));
  if (sysctl === undefined) return NOTHING;
  const prefixes = ['ipv4/conf', 'ipv4/neigh', 'ipv6/conf', 'ipv6/neigh'];
  return [sysctl, ...prefixes.map((prefix) => `--prefix=/net/${prefix}/$name`)].join(' ');
}

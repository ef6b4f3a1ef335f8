import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Mac } from '../../core/ids.ts';
import type { Neighbour, PresentDevice } from './neighbour.ts';
import { tell } from './tell.ts';
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

/**
 * udev itself, which tells others of devices. One rule, after all others, has NetworkManager leave the device alone
 * (NM_UNMANAGED) and runs none of the programs by which cloud-netconfig, cloud-init, ifupdown and amazon-ec2-net-utils
 * hear of a device, when it comes and when it goes.
 * @param key names the resource, in names of files
 */
export function createUdev(key: string): Neighbour {
  const path = `${RULES}/99-zz-aws-eni-${key}.rules`;
  return {
    name: 'udev',
    isHere: () => existsSync(RUNS),
    notices: (mac) => [{ path, text: ruleFor(mac) }],
    noticePaths: () => [path],
    rereadNotices: (patienceMs) => tell(['udevadm', 'control', '--reload'], patienceMs),
    holds: (device) => !isMarked(device),
    takeFrom: async (device, patienceMs) => {
      writeFileSync(`/sys/class/net/${device.name}/uevent`, 'change');
      await until(() => isMarked(device), 'udev did not look at the device again', patienceMs);
    },
    deafTo: () => undefined,
  };
}

/** Names of the software whose programs udev would run for a device that appears. */
function hooksHere(): readonly string[] {
  return Object.entries(HOOKS).flatMap(([name, files]) => (files.some(isInForce) ? [name] : []));
}

/** Whether the device is under our rule. Source: systemd, sd-device: records of network devices are named by ifindex. */
function isMarked({ ifindex }: PresentDevice): boolean {
  return read(`/run/udev/data/n${ifindex}`)
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
    '# Made by the resource agent ocf:custom:aws-eni: while the resource is here, nobody else configures its ENI.',
    'SUBSYSTEM!="net", GOTO="aws_eni_end"',
    // Who has heard of it before is to hear that it goes.
    ...(hooks.length === 0 ? [] : [`ACTION=="remove", ENV{${MARK}}=="${UNHEARD_OF}", RUN="${NOTHING}"`]),
    'ACTION=="remove", GOTO="aws_eni_end"',
    // What is made on top of the ENI, such as a VLAN, can have its MAC and is not meant.
    'ENV{DEVTYPE}=="?*", GOTO="aws_eni_end"',
    `ATTR{address}!="${mac}", GOTO="aws_eni_end"`,
    `ENV{NM_UNMANAGED}="1", ENV{SYSTEMD_WANTS}=""`,
    // An event has nothing of the device's record by itself.
    `IMPORT{db}="${MARK}"`,
    `ENV{${MARK}}=="", ENV{${MARK}}="${HEARD_OF}"`,
    `ACTION=="add", ENV{${MARK}}="${UNHEARD_OF}"`,
    ...(hooks.length === 0
      ? []
      : [
          `# Instead of the programs by which ${hooks.join(', ')} would hear of it, systemd's own setting of sysctls.`,
          `ACTION=="add", RUN="${onlySysctls()}"`,
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

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

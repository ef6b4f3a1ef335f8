/** Software that configures network devices too, as distributions on EC2 have it. */
export interface Neighbour {
  readonly name: string;
  /** Any of these running, or to be started, is it at work. */
  readonly units: readonly string[];
  /** Any of these is it installed. */
  readonly files: readonly string[];
  /** What it does to the agent's work. */
  readonly harm: string;
  /** Whose hands it works through, if not its own: who keeps that one off keeps it off. */
  readonly through?: string;
  /** It touches only what it has such a file for. */
  readonly onlyWith?: { readonly directory: string; readonly names: RegExp };
  /** Where start does not keep it off. */
  readonly remedy: string;
  /** Where its own setting is, and what there keeps it off. */
  readonly keptOff: {
    readonly files: readonly string[];
    /** Each `*.conf`, or whatever is in it, counts. */
    readonly directories: readonly string[];
    readonly all: readonly RegExp[];
  };
}

/** Sources: each one's own documentation and source, at the versions that SLES 15, RHEL 9, AL2023 and Ubuntu 24.04 have. */
export const neighbours: readonly Neighbour[] = [
  {
    name: 'cloud-netconfig',
    units: ['cloud-netconfig.timer', 'cloud-netconfig.service'],
    files: [
      '/usr/lib/udev/rules.d/51-cloud-netconfig-hotplug.rules',
      '/usr/lib/udev/rules.d/75-cloud-persistent-net-generator.rules',
      '/usr/sbin/cloud-netconfig',
      '/etc/default/cloud-netconfig',
    ],
    harm: 'has each interface that appears configured by DHCP, whatever CLOUD_NETCONFIG_MANAGE says, and deletes rules that are not for exactly one local address',
    remedy: 'ln -s /dev/null /etc/udev/rules.d/51-cloud-netconfig-hotplug.rules',
    keptOff: {
      files: ['/etc/udev/rules.d/51-cloud-netconfig-hotplug.rules'],
      directories: [],
      all: [/^$/],
    },
  },
  {
    name: 'wicked',
    units: ['wickedd.service'],
    files: ['/usr/sbin/wicked'],
    harm: 'configures interfaces that have a file ifcfg-NAME, which cloud-netconfig writes',
    onlyWith: { directory: '/etc/sysconfig/network', names: /^ifcfg-(?!lo$|eth0$|template|.*~$)/ },
    remedy:
      "set STARTMODE='off' in /etc/sysconfig/network/ifcfg-NAME of the ENI's device, and keep cloud-netconfig off",
    keptOff: { files: [], directories: ['/etc/sysconfig/network'], all: [/^\s*STARTMODE=["']?off\b/m] },
  },
  {
    name: 'NetworkManager',
    units: ['NetworkManager.service'],
    files: ['/usr/sbin/NetworkManager'],
    harm: 'gives each new device a connection by DHCP, with a default route',
    remedy: 'put [main] and no-auto-default=* into /etc/NetworkManager/conf.d/aws-eni.conf',
    keptOff: {
      files: ['/etc/NetworkManager/NetworkManager.conf'],
      directories: ['/etc/NetworkManager/conf.d', '/usr/lib/NetworkManager/conf.d'],
      all: [/^\s*no-auto-default\s*=.*\*/m],
    },
  },
  {
    name: 'nm-cloud-setup',
    units: ['nm-cloud-setup.timer', 'nm-cloud-setup.service'],
    files: ['/usr/libexec/nm-cloud-setup', '/usr/lib/nm-cloud-setup'],
    harm: 'replaces addresses, routes and rules of every interface by its own',
    through: 'NetworkManager',
    remedy: 'systemctl disable --now nm-cloud-setup.timer nm-cloud-setup.service',
    keptOff: { files: [], directories: [], all: [] },
  },
  {
    name: 'systemd-networkd',
    units: ['systemd-networkd.service'],
    files: ['/usr/lib/systemd/systemd-networkd', '/lib/systemd/systemd-networkd'],
    harm: 'configures each device that a .network file matches, and takes what it has not made off it',
    remedy:
      "put [Match], MACAddress= with the ENI's MAC, [Link] and Unmanaged=yes into /etc/systemd/network/00-aws-eni.network, then 'networkctl reload'",
    keptOff: {
      files: [],
      directories: ['/etc/systemd/network', '/usr/lib/systemd/network'],
      all: [/^\s*Unmanaged\s*=\s*(?:yes|true|on|1)\b/m],
    },
  },
  {
    name: 'cloud-init',
    units: ['cloud-init-hotplugd.socket'],
    files: [
      '/usr/lib/udev/rules.d/10-cloud-init-hook-hotplug.rules',
      '/usr/lib/udev/rules.d/90-cloud-init-hook-hotplug.rules',
      '/lib/udev/rules.d/10-cloud-init-hook-hotplug.rules',
    ],
    harm: 'writes and applies a configuration for each interface that appears',
    remedy: 'systemctl disable --now cloud-init-hotplugd.socket',
    keptOff: { files: [], directories: [], all: [] },
  },
  {
    name: 'amazon-ec2-net-utils',
    units: [],
    files: [
      '/usr/lib/udev/rules.d/99-vpc-policy-routes.rules',
      '/lib/udev/rules.d/99-vpc-policy-routes.rules',
    ],
    harm: 'configures each interface that appears, with rules and tables of its own, and reloads systemd-networkd',
    remedy: 'ln -s /dev/null /etc/udev/rules.d/99-vpc-policy-routes.rules',
    keptOff: { files: ['/etc/udev/rules.d/99-vpc-policy-routes.rules'], directories: [], all: [/^$/] },
  },
  {
    name: 'ifupdown',
    units: ['networking.service'],
    files: ['/usr/lib/udev/rules.d/80-ifupdown.rules', '/lib/udev/rules.d/80-ifupdown.rules'],
    harm: 'configures each interface that appears and that /etc/network/interfaces names, or a pattern there',
    remedy: "take the ENI's device out of /etc/network/interfaces and what it includes",
    keptOff: { files: [], directories: [], all: [] },
  },
];

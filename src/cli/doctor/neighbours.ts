/** Software that configures network devices too, as distributions on EC2 have it. */
export interface Neighbour {
  readonly name: string;
  /** Any of these running, or to be started, is it at work. */
  readonly units: readonly string[];
  /** Any of these is it installed. */
  readonly files: readonly string[];
  /** What it does to the agent's work. */
  readonly harm: string;
  /** It touches only what it has such a file for. */
  readonly onlyWith?: { readonly directory: string; readonly names: RegExp };
  readonly remedy: string;
  /** Where its setting is, and what there keeps it off. */
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
      '/usr/lib/udev/rules.d/75-cloud-persistent-net-generator.rules',
      '/usr/sbin/cloud-netconfig',
      '/etc/default/cloud-netconfig',
    ],
    harm: 'configures each interface that appears by DHCP, and deletes rules that are not for exactly one local address',
    remedy: 'set CLOUD_NETCONFIG_MANAGE="no" in /etc/default/cloud-netconfig',
    keptOff: {
      files: ['/etc/default/cloud-netconfig'],
      directories: [],
      all: [/^\s*CLOUD_NETCONFIG_MANAGE=["']?no\b/m],
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
    remedy: 'systemctl disable --now nm-cloud-setup.timer nm-cloud-setup.service',
    keptOff: { files: [], directories: [], all: [] },
  },
  {
    name: 'systemd-networkd',
    units: ['systemd-networkd.service'],
    files: ['/usr/lib/systemd/systemd-networkd', '/lib/systemd/systemd-networkd'],
    harm: 'removes rules and routes that it has not made, whenever it starts or reloads',
    remedy:
      'put [Network], ManageForeignRoutingPolicyRules=no and ManageForeignRoutes=no into /etc/systemd/networkd.conf.d/aws-eni.conf',
    keptOff: {
      files: ['/etc/systemd/networkd.conf'],
      directories: [
        '/etc/systemd/networkd.conf.d',
        '/run/systemd/networkd.conf.d',
        '/usr/lib/systemd/networkd.conf.d',
      ],
      all: [
        /^\s*ManageForeignRoutingPolicyRules\s*=\s*(?:no|false|0)\b/m,
        /^\s*ManageForeignRoutes\s*=\s*(?:no|false|0)\b/m,
      ],
    },
  },
  {
    name: 'cloud-init hotplug',
    units: ['cloud-init-hotplugd.socket'],
    files: [
      '/usr/lib/udev/rules.d/10-cloud-init-hook-hotplug.rules',
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
];

/** Network software of Debian 13 that runs for real on a machine, configured to take each device that appears. */
export interface Software {
  /** As documentation calls it. */
  readonly name: string;
  readonly version: string;
  /** Debian's package of it; none: a stand-in. */
  readonly debian?: string;
  /** How it is set up on the machine, for the documentation. */
  readonly setUp: string;
  /** Which of the things that start leaves keeps it off. */
  readonly keptOffBy: string;
  /** Whether the VPC answers DHCP. */
  readonly dhcp: 'on' | 'silent';
  /** Has it run, and take devices as they appear. The machine's own interface has its address already, and keeps it. */
  readonly begin: string;
  /** Succeeds once the ENI's device is in its hands. */
  readonly hasDevice: string;
  /** Whether it has the service answer once it has the device. */
  readonly answers?: true;
  /** Prints what it has been told of devices, where that is all that it does. */
  readonly heard?: string;
  /** What it leaves in /run of a device that it had and that is gone: lines of a list of files. */
  readonly leaves?: RegExp;
  /** What else is done to it while the service runs, in words and as a script. */
  readonly provoked?: { readonly by: string; readonly script: string };
}

const UDEV = 'the rule of udev';
const NETWORK = 'the `.network` file';

/** The first ENI of a machine is called so. */
const DEVICE = 'ens6';
const OWN = 'ens5';

const HAS_DEFAULT_ROUTE = `ip route show default | grep -q 'dev ${DEVICE}'`;

/** The machine's own interface as DHCP would have left it, for what takes all devices. */
const OWN_NETWORK = `mkdir -p /etc/systemd/network
cat > /etc/systemd/network/10-own.network <<END
[Match]
Name=${OWN}
[Network]
Address=10.1.0.11/24
Gateway=10.1.0.1
END`;

const allNetworks = (name: string): string => `${OWN_NETWORK}
cat > /etc/systemd/network/${name}.network <<END
[Match]
Name=en*
[Network]
DHCP=yes
END
systemctl start systemd-networkd
until networkctl status ${OWN} | grep -q '(configured)'; do sleep 0.5; done`;

// NetworkManager sets the host name from this file.
const START_NETWORK_MANAGER =
  'hostname > /etc/hostname; systemctl start NetworkManager; nm-online -s -q -t 120';

/**
 * What cloud-netconfig does on SLES 16, whenever NetworkManager tells of a device: each that has a lease of
 * NetworkManager's gets a default route, and rules whose source is no local address go. Source: cloud-netconfig 1.20,
 * common/cloud-netconfig-nm, common/cloud-netconfig and common/cloud-netconfig-cleanup.
 */
const DISPATCHER = '/etc/NetworkManager/dispatcher.d/75-cloud-netconfig';
const PLACE_DISPATCHER = `cat > ${DISPATCHER} <<'END'
#!/bin/sh
case "$2" in
up)
  for path in /sys/class/net/en*; do
    device=\${path##*/}
    nmcli -g DHCP4.OPTION device show "$device" | grep -q ip_address || continue
    ip route replace default via 10.2.0.1 dev "$device" metric 24000
    echo "$device" >> /run/cloud-netconfig.log
  done ;;
down)
  ip -o rule show | while read -r priority from source rest; do
    [ "$source" = all ] || ip -o address show | grep -q " $source/" || ip rule delete priority "\${priority%:}" from "$source"
  done ;;
esac
END
chmod 755 ${DISPATCHER}; touch /run/cloud-netconfig.log
systemctl enable --quiet NetworkManager-dispatcher.service`;

export const software: readonly Software[] = [
  {
    name: 'NetworkManager',
    version: '1.52',
    debian: 'network-manager',
    setUp: 'as installed, with a DHCP server that answers',
    keptOffBy: UDEV,
    dhcp: 'on',
    begin: START_NETWORK_MANAGER,
    hasDevice: HAS_DEFAULT_ROUTE,
    provoked: {
      by: '`nmcli device reapply` of the device, `systemctl restart NetworkManager`, `nmcli connection reload`',
      script: `if nmcli device reapply ${DEVICE}; then echo 'NetworkManager has the device'; exit 1; fi
systemctl restart NetworkManager; nm-online -s -q -t 120; nmcli connection reload`,
    },
  },
  {
    name: 'NetworkManager',
    version: '1.52',
    debian: 'network-manager',
    setUp: 'as installed, with no answer to DHCP, for which it waits 45 s',
    keptOffBy: UDEV,
    dhcp: 'silent',
    begin: START_NETWORK_MANAGER,
    hasDevice: `nmcli -t -f device,state device | grep -q '^${DEVICE}:connecting'`,
  },
  {
    name: 'cloud-netconfig with NetworkManager',
    version: 'as of 1.20',
    setUp: 'a stand-in for its dispatcher script, with NetworkManager as above',
    keptOffBy: UDEV,
    dhcp: 'on',
    begin: `${PLACE_DISPATCHER}; ${START_NETWORK_MANAGER}`,
    hasDevice: `grep -q ${DEVICE} /run/cloud-netconfig.log`,
    heard: 'cat /run/cloud-netconfig.log',
    provoked: {
      by: 'the script, as for each of the two devices going up and down',
      script: `for device in ${OWN} ${DEVICE}; do ${DISPATCHER} $device up; ${DISPATCHER} $device down; done`,
    },
  },
  {
    name: 'systemd-networkd',
    version: '257',
    debian: 'systemd',
    setUp: 'a `.network` that matches each device, `DHCP=yes`',
    keptOffBy: NETWORK,
    dhcp: 'on',
    begin: allNetworks('50-all'),
    hasDevice: HAS_DEFAULT_ROUTE,
    provoked: {
      by: "`networkctl reload`, `networkctl reconfigure` of the node's own interface, `systemctl restart systemd-networkd`",
      script: `networkctl reload; networkctl reconfigure ${OWN}; sleep 3; systemctl restart systemd-networkd; sleep 3`,
    },
  },
  {
    name: 'amazon-ec2-net-utils',
    version: '2.4',
    debian: 'amazon-ec2-net-utils',
    setUp:
      'its rule of udev and its `.network`, for this driver too, and systemd-networkd as above behind them',
    keptOffBy: `${UDEV}; ${NETWORK}`,
    dhcp: 'on',
    // Its own for the device is called 70-…, and the first that matches counts.
    begin: `${allNetworks('90-all')}
rm /etc/udev/rules.d/99-vpc-policy-routes.rules
sed 's/vif|ena/virtio_net|vif|ena/' /usr/lib/udev/rules.d/99-vpc-policy-routes.rules > /etc/udev/rules.d/99-vpc-policy-routes.rules
sed -i 's/^Driver=.*/& virtio_net/' /usr/lib/systemd/network/80-ec2.network
udevadm control --reload`,
    hasDevice: `systemctl --quiet is-active policy-routes@${DEVICE}.service && ip rule show | grep -q 'from 10.2.0.10 '`,
    answers: true,
    leaves: / \/run\/systemd\/network\/70-ens6\.network/,
  },
  {
    name: 'netplan',
    version: '1.1',
    debian: 'netplan.io',
    setUp: 'a definition that matches each device, rendered for systemd-networkd',
    keptOffBy: NETWORK,
    dhcp: 'on',
    begin: `cat > /etc/netplan/50-all.yaml <<END
network:
  version: 2
  renderer: networkd
  ethernets:
    a-own: {match: {name: "${OWN}"}, addresses: [10.1.0.11/24], routes: [{to: default, via: 10.1.0.1}]}
    b-all: {match: {name: "en*"}, dhcp4: true}
END
chmod 600 /etc/netplan/50-all.yaml
netplan apply
until networkctl status ${OWN} | grep -q '(configured)'; do sleep 0.5; done`,
    hasDevice: HAS_DEFAULT_ROUTE,
    provoked: { by: '`netplan apply`', script: 'netplan apply; sleep 5' },
  },
  {
    name: 'ifupdown',
    version: '0.8',
    debian: 'ifupdown',
    setUp: '`allow-hotplug` of the device, by DHCP',
    keptOffBy: UDEV,
    dhcp: 'on',
    begin: `printf 'allow-hotplug ${DEVICE}\\niface ${DEVICE} inet dhcp\\n' >> /etc/network/interfaces; systemctl start networking || true`,
    hasDevice: HAS_DEFAULT_ROUTE,
  },
  {
    name: 'cloud-init',
    version: '25.1',
    debian: 'cloud-init',
    setUp: 'its hotplug hook and socket, without a data source',
    keptOffBy: UDEV,
    dhcp: 'on',
    begin: `rm /etc/cloud/cloud-init.disabled
cat > /etc/udev/rules.d/90-cloud-init-hook-hotplug.rules <<END
ACTION!="add|remove", GOTO="cloudinit_end"
SUBSYSTEM=="net", RUN+="/usr/lib/cloud-init/hook-hotplug"
LABEL="cloudinit_end"
END
udevadm control --reload
systemctl start cloud-init-hotplugd.socket`,
    hasDevice: 'grep -q "net/ens6 --udevaction=add" /run/cloud-init/hook-hotplug.log',
    heard: 'cat /run/cloud-init/hook-hotplug.log',
  },
];

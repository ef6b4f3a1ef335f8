import type { SandboxNode } from '../../sandbox/sandbox.ts';

const UDEVD = '/lib/systemd/systemd-udevd';
const HOOK = '/run/cloud-netconfig-hotplug';

/** What the hook has done, a line for each event that it was called for. */
export const HOOK_LOG = '/run/cloud-netconfig-hotplug.log';

/** Where each version has the rule of cloud-netconfig. */
const HOTPLUG_RULES = {
  'SLES 12': '/run/udev/rules.d/61-cloud-netconfig-hotplug.rules',
  'SLES 15': '/run/udev/rules.d/51-cloud-netconfig-hotplug.rules',
} as const;

/** Where SLES has what wicked is to configure. */
export const IFCFG = '/etc/sysconfig/network/ifcfg-eth1';

/** For the documentation: what is tried here by stand-ins. */
export const standIns = [
  {
    name: 'cloud-netconfig with wicked',
    version: 'as of 1.20',
    setUp: 'stand-ins that do what theirs do, under the real udev of a node of the sandbox',
    keptOffBy: 'the rule of udev; where wicked has the device already, `wicked ifdown`',
  },
];

/** The real udev, in the node's namespaces: it hears of the node's devices alone. */
export async function startUdev(node: SandboxNode): Promise<void> {
  await script(node, 'mkdir -p /run/udev/rules.d');
  await node.spawn(UDEVD);
  await script(node, 'until [ -S /run/udev/control ]; do sleep 0.02; done');
}

/**
 * SLES with cloud-netconfig and wicked, as far as devices of ENIs are concerned: stand-ins, for their packages are not to be had.
 * Source of what they do: cloud-netconfig 1.20, ec2/51-cloud-netconfig-hotplug.rules and common/cloud-netconfig-hotplug.
 */
export async function becomeSles(
  node: SandboxNode,
  version: keyof typeof HOTPLUG_RULES = 'SLES 15',
): Promise<void> {
  await place(node, HOTPLUG_RULES[version], RULES);
  await place(node, HOOK, hotplug);
  // A directory of this machine's, seen by the node alone.
  await script(
    node,
    'mkdir -p /run/sbin/upper /run/sbin/work /run/wicked /etc/sysconfig/network; mount -t overlay overlay -o lowerdir=/usr/sbin,upperdir=/run/sbin/upper,workdir=/run/sbin/work /usr/sbin',
  );
  await place(node, '/usr/sbin/wicked', wicked);
  await script(node, 'udevadm control --reload');
}

/** Names, modes and contents of all that others could have written or may read. */
export function filesOf(node: SandboxNode): Promise<string> {
  return script(
    node,
    'find /run/udev/rules.d /run/systemd /etc/sysconfig /run/wicked -type f 2>/dev/null | sort | while read -r file; do ls -l "$file" | cut -c1-10; md5sum "$file"; done',
  );
}

export async function script(node: SandboxNode, text: string): Promise<string> {
  const { exitCode, stdout, stderr } = await node.exec('sh', ['-ec', text]);
  if (exitCode !== 0) throw new Error(`'${text}' on ${node.name}: ${stderr}`);
  return stdout;
}

export async function place(node: SandboxNode, path: string, text: string): Promise<void> {
  const { exitCode, stderr } = await node.exec('sh', ['-ec', `cat > ${path}; chmod 755 ${path}`], {
    input: text,
  });
  if (exitCode !== 0) throw new Error(`could not place ${path}: ${stderr}`);
}

const RULES = `
ACTION=="add", SUBSYSTEM=="net", KERNEL=="eth*", IMPORT{program}="/bin/sleep 1"
SUBSYSTEM=="net", KERNEL=="eth*", RUN+="${HOOK}"
`;

const hotplug = `#!/bin/sh
PATH=/usr/sbin:/usr/bin:/sbin:/bin
[ "$INTERFACE" != eth0 ] || exit 0
file=/etc/sysconfig/network/ifcfg-$INTERFACE
case "$ACTION" in
add)
  [ -f "$file" ] || printf 'STARTMODE="hotplug"\\nBOOTPROTO="dhcp"\\nCLOUD_NETCONFIG_MANAGE="yes"\\n' > "$file"
  wicked ifup "$INTERFACE" ;;
remove)
  ip -o rule show | while read -r priority from source rest; do
    [ "$source" = all ] || ip -o address show | grep -q " $source/" || ip rule delete priority "\${priority%:}" from "$source"
  done ;;
esac
echo "$ACTION $INTERFACE" >> ${HOOK_LOG}
`;

/** A client of DHCP that is given its ENI's address, and a default route as the file of cloud-netconfig asks for. */
const wicked = `#!/bin/sh
PATH=/usr/sbin:/usr/bin:/sbin:/bin
lease=/run/wicked/leaseinfo.$2.dhcp.ipv4
case "$(cat "/sys/class/net/$2/address")" in
02:d4:e5:f6:07:18) address=10.2.0.10/24 ;;
*) address=10.2.0.20/24 ;;
esac
case "$1" in
ifup)
  ! grep -q "STARTMODE=['\\"]*off" "/etc/sysconfig/network/ifcfg-$2" || exit 0
  ip link set "$2" up
  ip address replace "$address" dev "$2"
  ip route replace default via 10.2.0.1 dev "$2" metric 10100 onlink
  echo "IPADDR=$address" > "$lease" ;;
ifdown)
  rm -f "$lease"
  ip address flush dev "$2"
  ip link set "$2" down ;;
esac
`;

import type { SandboxNode } from '../../sandbox/sandbox.ts';

/** There while udev goes by rules of the agent's, whatever has become of their files. */
export const HEARD = '/run/udev/heard-of-aws-eni';

/** Reads the rules when it is told to, and at no other time. */
const UDEVADM = `#!/bin/sh
case "$*" in
  settle) exit 0 ;;
  'control --reload') ;;
  *) exit 1 ;;
esac
set -- /run/udev/rules.d/*aws-eni*.rules
if [ -e "$1" ]; then : > ${HEARD}; else rm -f ${HEARD}; fi
`;

/** Has a record of each device that is here, which says that the agent's rule has seen it. */
const DAEMON = `ip -o monitor link | while read -r first second rest; do
  case $first in
    Deleted) rm -f "/run/udev/data/n\${second%:}" ;;
    *) echo E:AWS_ENI=came > "/run/udev/data/n\${first%:}" ;;
  esac
done`;

const PLACE = `mkdir -p /run/udev/data /run/udev/rules.d
cat > /run/udevadm
chmod 755 /run/udevadm
mount --bind /run/udevadm /usr/bin/udevadm
: > /run/udev/control`;

/** The daemon does not say when it has begun to listen: it is asked until it has heard. */
const LISTENS = `index=$(cat /sys/class/net/lo/ifindex)
until [ -e "/run/udev/data/n$index" ]; do ip link set lo alias asked; done`;

/** As much of udev as the agent can see of it, for the price of a process: hundreds of nodes' devices come and go here. */
export async function standInForUdev(node: SandboxNode): Promise<void> {
  await run(node, PLACE, UDEVADM);
  await node.spawn('sh', ['-c', DAEMON]);
  await run(node, LISTENS, '');
}

async function run(node: SandboxNode, script: string, input: string): Promise<void> {
  const { exitCode, stderr } = await node.exec('sh', ['-ec', script], { input });
  if (exitCode !== 0) throw new Error(`no stand-in for udev on ${node.name}: ${stderr}`);
}

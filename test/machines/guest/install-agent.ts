import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Hotplug } from './guest-command.ts';
import { LAST_SLOT, slotOf } from './guest-command.ts';
import { INSTALLED_AGENT } from './machine-options.ts';
import type { Qmp } from './qmp.ts';
import type { SshMaster } from './ssh.ts';

/** Copies the agent into a machine that is up, by way of a disk: over the network an emulated machine takes half a minute. */
export async function installAgent(
  executable: string,
  hotplug: Hotplug,
  { qmp, ssh }: { readonly qmp: Qmp; readonly ssh: SshMaster },
): Promise<void> {
  const { size } = await stat(executable);
  const file = { driver: 'file', filename: executable, 'read-only': true };
  await qmp.call('blockdev-add', { driver: 'raw', 'node-name': 'agent', 'read-only': true, file });
  const slot = slotOf(hotplug, LAST_SLOT);
  await qmp.call('device_add', { driver: 'virtio-blk-pci', id: 'agent', drive: 'agent', ...slot });
  await ssh.run(`until [ -b /dev/vdb ]; do sleep 0.1; done
mkdir -p ${dirname(INSTALLED_AGENT)}
dd if=/dev/vdb of=${INSTALLED_AGENT} bs=1M iflag=count_bytes count=${size} status=none
chmod 755 ${INSTALLED_AGENT}
if [ -e /sys/fs/selinux/enforce ]; then restorecon ${INSTALLED_AGENT}; fi
sync`);
  await qmp.call('device_del', { id: 'agent' });
}

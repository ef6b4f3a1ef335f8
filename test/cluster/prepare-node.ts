import { fileURLToPath } from 'node:url';
import { BUN, BUN_ENVIRONMENT } from '../sandbox/programs.ts';
import type { SandboxNode } from '../sandbox/sandbox.ts';
import type { PrivateDirectory } from '../sandbox/sandbox-options.ts';
import { executable } from '../scenarios/agent.ts';
import { runOn } from './node-shell.ts';

/** What corosync, Pacemaker and crmsh keep in files, and where the agent is installed. */
export const CLUSTER_DIRECTORIES: readonly PrivateDirectory[] = [
  { path: '/etc/corosync', kept: 'disk' },
  { path: '/etc/pacemaker', kept: 'disk' },
  { path: '/var/lib/corosync', kept: 'disk' },
  { path: '/var/lib/pacemaker', kept: 'disk' },
  { path: '/usr/lib/ocf/resource.d/custom', kept: 'memory' },
];

const FENCE_INSTANCE = fileURLToPath(new URL('fence-instance.ts', import.meta.url));

export interface Installation {
  /** Where the fence agent reaches the sandbox. */
  readonly controlSocket: string;
  readonly corosyncConf: string;
  /** Lines of /etc/hosts. */
  readonly hosts: string;
}

/** What a package's installation and a boot do on a real node. */
export async function prepareNode(
  node: SandboxNode,
  { controlSocket, corosyncConf, hosts }: Installation,
): Promise<void> {
  const exports = Object.entries(BUN_ENVIRONMENT).map(([name, value]) => `export ${name}=${value}`);
  const fence = [
    '#!/bin/sh',
    ...exports,
    // Pacemaker's options come on standard input, those of who asks for meta-data by hand on the command line.
    'case "$*" in *metadata*) exec /run/cluster/real_fence_aws "$@" ;; esac',
    `exec "${BUN}" --no-env-file "${FENCE_INSTANCE}" "${controlSocket}" /run/cluster/real_fence_aws`,
  ].join('\n');
  const script = `
mkdir -p /run/crm /run/root /run/tmp /run/cluster /run/resource-agents /var/log/cluster /var/log/pacemaker /var/log/crmsh
chown hacluster:haclient /run/crm /var/log/pacemaker
ln -s "${executable}" /usr/lib/ocf/resource.d/custom/aws-eni
if [ ! -e /etc/corosync/installed ]; then
  # If this machine is a cluster's node itself, nothing of that is taken over.
  for directory in /etc/corosync /etc/pacemaker /var/lib/corosync /var/lib/pacemaker; do
    mountpoint -q $directory
    find $directory -type f -delete
  done
  touch /etc/corosync/installed
  printf %s "$CONF" > /etc/corosync/corosync.conf
  printf %s "$CIB" > /var/lib/pacemaker/cib/cib.xml
  chown hacluster:haclient /var/lib/pacemaker/cib/cib.xml
  chmod 600 /var/lib/pacemaker/cib/cib.xml
fi
printf '127.0.0.1 localhost\\n%s' "$HOSTS" > /run/cluster/hosts
# A root file system of packages alone has none.
if [ ! -e /etc/hosts ]; then : > /etc/hosts; fi
mount --bind /run/cluster/hosts /etc/hosts
# No name server: who looks for one need not wait for its silence.
: > /run/cluster/resolv.conf
if [ -e /etc/resolv.conf ]; then mount --bind /run/cluster/resolv.conf /etc/resolv.conf; fi
touch /run/cluster/real_fence_aws
mount --bind /usr/sbin/fence_aws /run/cluster/real_fence_aws
printf '%s\\n' "$FENCE" > /run/cluster/fence_aws
chmod 755 /run/cluster/fence_aws
mount --bind /run/cluster/fence_aws /usr/sbin/fence_aws
`;
  await runOn(node, script, { CONF: corosyncConf, CIB: FIRST_CIB, FENCE: fence, HOSTS: hosts });
}

/**
 * An empty configuration, but for how long a node looks for others before it elects itself (Pacemaker's default: 20 s):
 * both are started at once here.
 */
const FIRST_CIB = `<cib validate-with="pacemaker-3.0" epoch="1" num_updates="0" admin_epoch="0">
  <configuration>
    <crm_config>
      <cluster_property_set id="cib-bootstrap-options">
        <nvpair id="cib-bootstrap-options-dc-deadtime" name="dc-deadtime" value="2s"/>
      </cluster_property_set>
    </crm_config>
    <nodes/>
    <resources/>
    <constraints/>
  </configuration>
  <status/>
</cib>
`;

import { fileURLToPath } from 'node:url';
import { BUN, BUN_ENVIRONMENT } from '../sandbox/programs.ts';
import type { SandboxNode } from '../sandbox/sandbox.ts';
import type { PrivateDirectory } from '../sandbox/sandbox-options.ts';
import { executable } from '../scenarios/agent.ts';

/** What corosync, Pacemaker and crmsh keep in files, and where the agent is installed. */
export const CLUSTER_DIRECTORIES: readonly PrivateDirectory[] = [
  { path: '/etc/corosync', kept: 'disk' },
  { path: '/etc/pacemaker', kept: 'disk' },
  { path: '/var/lib/corosync', kept: 'disk' },
  { path: '/var/lib/pacemaker', kept: 'disk' },
  { path: '/usr/lib/ocf/resource.d/custom', kept: 'memory' },
];

export const PACEMAKER_LOG = '/var/log/pacemaker/pacemaker.log';

/** What programs of the cluster are run with: files of crmsh, which would be in root's home, are the node's own. */
export const CLUSTER_ENVIRONMENT = {
  HOME: '/run/root',
  TMPDIR: '/run/tmp',
  LC_ALL: 'C.UTF-8',
} as const;

const DAEMON_ENVIRONMENT = {
  ...CLUSTER_ENVIRONMENT,
  ...BUN_ENVIRONMENT,
  PCMK_logfile: PACEMAKER_LOG,
} as const;

const FENCE_INSTANCE = fileURLToPath(new URL('fence-instance.ts', import.meta.url));
const ECHO = fileURLToPath(new URL('../sandbox/echo.ts', import.meta.url));

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
    `exec ${BUN} --no-env-file ${FENCE_INSTANCE} ${controlSocket} /run/cluster/real_fence_aws`,
  ].join('\n');
  const script = `
mkdir -p /run/crm /run/root /run/tmp /run/cluster /run/resource-agents /var/log/cluster /var/log/pacemaker /var/log/crmsh
chown hacluster:haclient /run/crm /var/log/pacemaker
printf %s "$CONF" > /etc/corosync/corosync.conf
ln -s ${executable} /usr/lib/ocf/resource.d/custom/aws-eni
if [ ! -e /var/lib/pacemaker/cib/cib.xml ]; then
  printf %s "$CIB" > /var/lib/pacemaker/cib/cib.xml
  chown hacluster:haclient /var/lib/pacemaker/cib/cib.xml
  chmod 600 /var/lib/pacemaker/cib/cib.xml
fi
printf '127.0.0.1 localhost\\n%s' "$HOSTS" > /run/cluster/hosts
mount --bind /run/cluster/hosts /etc/hosts
# No name server: who looks for one need not wait for its silence.
: > /run/cluster/resolv.conf
mount --bind /run/cluster/resolv.conf /etc/resolv.conf
touch /run/cluster/real_fence_aws
mount --bind /usr/sbin/fence_aws /run/cluster/real_fence_aws
printf '%s\\n' "$FENCE" > /run/cluster/fence_aws
chmod 755 /run/cluster/fence_aws
mount --bind /run/cluster/fence_aws /usr/sbin/fence_aws
`;
  await must(node, script, { CONF: corosyncConf, CIB: FIRST_CIB, FENCE: fence, HOSTS: hosts });
}

/** Returns when Pacemaker answers on this node; whether it has found the other one is another question. */
export async function startClusterServices(node: SandboxNode): Promise<void> {
  await startDaemon(node, 'corosync -f');
  await untilDone(node, 'corosync', 'corosync-cmapctl totem.version');
  await startDaemon(node, 'pacemakerd');
  await untilDone(node, 'pacemakerd', 'crmadmin --pacemakerd');
}

/** A service on all of the node's addresses that answers with its name. */
export async function startNamedService(node: SandboxNode, port: number): Promise<void> {
  await startDaemon(node, `${BUN} --no-env-file ${ECHO} ${port}`);
  await untilDone(node, 'the service', `curl -s telnet://127.0.0.1:${port} < /dev/null`);
}

/** A child of the node's own first process: nothing outside waits for it, or would be stopped along with it. */
async function startDaemon(node: SandboxNode, command: string): Promise<void> {
  const name = command.split(/[ /]/).at(-1);
  await must(node, `${command} > /var/log/${name}.out 2>&1 < /dev/null &`, DAEMON_ENVIRONMENT);
}

/** As the service manager stops them, resources included. */
export async function stopClusterServices(node: SandboxNode): Promise<void> {
  await must(
    node,
    `for daemon in pacemakerd corosync; do
  pid=$(pidof $daemon)
  kill -TERM $pid
  while kill -0 $pid 2> /dev/null; do sleep 0.05; done
done`,
  );
}

/** Runs a shell script on the node. @throws with what it printed, when it fails */
export async function must(
  node: SandboxNode,
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const all = { ...CLUSTER_ENVIRONMENT, ...env };
  const { exitCode, stdout, stderr } = await node.exec('sh', ['-ec', script], {
    env: all,
    timeoutMs: 120_000,
  });
  if (exitCode !== 0) throw new Error(`on node ${node.name}: ${script}\n${stdout}\n${stderr}`);
  return stdout;
}

async function untilDone(node: SandboxNode, daemon: string, command: string): Promise<void> {
  const script = `for look in $(seq 600); do
  if ${command} > /run/cluster/last-look 2>&1; then exit 0; fi
  sleep 0.05
done
echo "${daemon} does not answer"
cat /run/cluster/last-look
exit 1`;
  await must(node, script);
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

import { fileURLToPath } from 'node:url';
import { BUN, BUN_ENVIRONMENT } from '../sandbox/programs.ts';
import type { SandboxNode } from '../sandbox/sandbox.ts';
import { CLUSTER_ENVIRONMENT, runOn } from './node-shell.ts';

export const PACEMAKER_LOG = '/var/log/pacemaker/pacemaker.log';

const DAEMON_ENVIRONMENT = {
  ...CLUSTER_ENVIRONMENT,
  ...BUN_ENVIRONMENT,
  PCMK_logfile: PACEMAKER_LOG,
} as const;

const ECHO = fileURLToPath(new URL('../sandbox/echo.ts', import.meta.url));

/** Returns when Pacemaker answers on this node; whether it has found the other one is another question. */
export async function startClusterServices(node: SandboxNode): Promise<void> {
  await startDaemon(node, 'corosync', 'corosync -f');
  await untilDone(node, 'corosync', 'corosync-cmapctl totem.version');
  await startDaemon(node, 'pacemakerd', 'pacemakerd');
  await untilDone(node, 'pacemakerd', 'crm_mon --one-shot');
}

/** A service on all of the node's addresses that answers with its name. */
export async function startNamedService(node: SandboxNode, port: number): Promise<void> {
  await startDaemon(node, 'echo', `"${BUN}" --no-env-file "${ECHO}" ${port}`);
  await untilDone(node, 'the service', `curl -s telnet://127.0.0.1:${port} < /dev/null`);
}

/** A child of the node's own first process: nothing outside waits for it, or would be stopped along with it. */
async function startDaemon(node: SandboxNode, name: string, command: string): Promise<void> {
  await runOn(node, `${command} > /var/log/${name}.out 2>&1 < /dev/null &`, DAEMON_ENVIRONMENT);
}

/** As the service manager stops them, resources included. */
export async function stopClusterServices(node: SandboxNode): Promise<void> {
  await runOn(
    node,
    `for daemon in pacemakerd corosync; do
  pid=$(pidof $daemon)
  kill -TERM $pid
  while kill -0 $pid 2> /dev/null; do sleep 0.05; done
done`,
  );
}

async function untilDone(node: SandboxNode, daemon: string, command: string): Promise<void> {
  const script = `for look in $(seq 600); do
  if ${command} > /run/cluster/last-look 2>&1; then exit 0; fi
  sleep 0.05
done
echo "${daemon} does not answer"
cat /run/cluster/last-look
exit 1`;
  await runOn(node, script);
}

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Cluster } from '../../cluster/cluster.ts';
import { clusterOn } from '../../cluster/cluster.ts';
import { corosyncConf } from '../../cluster/corosync-conf.ts';
import { runOn } from '../../cluster/node-shell.ts';
import { BUN, BUN_ENVIRONMENT } from '../../sandbox/programs.ts';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { EC2_ENDPOINT } from '../../sandbox/sandbox-options.ts';
import { machine, startMachines } from '../machine-nodes.ts';

/** Emulated machines on a busy processor are slow, and not lost. */
const TOKEN_MS = 15_000;
const PACE = { patienceMs: 300_000, lookEveryMs: 3_000 };
const RELAY = { host: '10.3.0.100', port: 7_009 } as const;
const RELAY_PROGRAM = fileURLToPath(new URL('relay-fencing.ts', import.meta.url));

/** A cluster of two machines: Debian's Corosync and Pacemaker under systemd, without any resource. */
export async function startMachineCluster(): Promise<Cluster> {
  const sandbox = await startMachines({ a: { machine: machine() }, b: { machine: machine() } });
  const conf = corosyncConf([sandbox.nodes.a, sandbox.nodes.b], TOKEN_MS);
  try {
    await startRelay(sandbox);
  } catch (error) {
    await sandbox.close();
    throw error;
  }
  return clusterOn(
    sandbox,
    {
      prepare: (node) => prepare(node, conf),
      start: (node) => systemctl(node, 'start corosync pacemaker'),
      stop: (node) => systemctl(node, 'stop pacemaker corosync'),
    },
    PACE,
  );
}

/** What a machine tells its fence agent reaches the sandbox by way of the client's namespace. */
async function startRelay(sandbox: Sandbox): Promise<void> {
  const args = ['--no-env-file', RELAY_PROGRAM, sandbox.controlSocket, `${RELAY.port}`];
  const { running } = await sandbox.client.spawn(BUN, args, { env: BUN_ENVIRONMENT });
  const listening = running.stdout && once(createInterface(running.stdout), 'line');
  await Promise.race([
    listening,
    running.then(({ stderr }) => Promise.reject(new Error(`the relay ended: ${stderr}`))),
  ]);
}

/** Pacemaker waits for meta-data some seconds, in which an emulated machine has not loaded the real agent's libraries. */
const FENCE = `#!/bin/sh
metadata=/usr/share/fence_aws.xml
case "$*" in *metadata*) exec cat $metadata ;; esac
input=$(cat)
case "$input" in *action=metadata*) exec cat $metadata ;; esac
code=$(printf '%s\\n' "$input" | curl -s --max-time 50 --data-binary @- http://${RELAY.host}:${RELAY.port}/) || exit 1
exit "$code"
`;

/** At the first boot what an administrator does, at each what the tests need. */
async function prepare(node: SandboxNode, conf: string): Promise<void> {
  const script = `mkdir -p /run/root /run/tmp
if [ ! -e /usr/share/fence_aws.xml ]; then
  fence_aws -o metadata > /usr/share/fence_aws.xml
  printf %s "$FENCE" > /usr/sbin/fence_aws
  chmod 755 /usr/sbin/fence_aws
  printf %s "$CONF" > /etc/corosync/corosync.conf
  echo AWS_ENDPOINT_URL_EC2=http://${EC2_ENDPOINT.host}:${EC2_ENDPOINT.port} >> /etc/default/pacemaker
  sync
fi
systemctl enable --quiet --now corosync pacemaker
until crmadmin --pacemakerd > /run/last-look 2>&1; do sleep 1; done`;
  await runOn(node, script, { CONF: conf, FENCE });
}

async function systemctl(node: SandboxNode, command: string): Promise<void> {
  await runOn(node, `systemctl ${command}`);
}

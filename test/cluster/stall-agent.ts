import type { SandboxNode } from '../sandbox/sandbox.ts';
import { executable } from '../scenarios/agent.ts';
import { runOn } from './node-shell.ts';

/**
 * Where an action stands still until Pacemaker's time limit ends it. `look`: while ip shows it something; `apply`: before
 * ip changes anything; `applied`: after that.
 */
export type IpStep = 'look' | 'apply' | 'applied' | 'none';

const AGENT = '/usr/lib/ocf/resource.d/custom/aws-eni';

/**
 * Puts the agent of a node under a shell that makes it miss its deadline once, at the next action of that name: it is
 * told of more time than it has, and stopped at a call of ip where asked for. Without this it ends by itself in time.
 */
export async function stallNext(node: SandboxNode, action: string, step: IpStep = 'none'): Promise<void> {
  const agent = `#!/bin/sh
if [ "$1" = "$(cat /run/cluster/stalled-action 2> /dev/null)" ]; then
  rm /run/cluster/stalled-action
  export OCF_RESKEY_CRM_meta_timeout=3600000 PATH=/run/cluster/stalling:$PATH
fi
exec "${executable}" "$@"
`;
  // In the agent's process group, as all that it starts: Pacemaker ends them together.
  const ip = `#!/bin/sh
case "$*" in *-j*) kind=look ;; *) kind=apply ;; esac
stall() {
  agent=$PPID
  # Where it has pipes, a shell made them, between the agent and this.
  while [ "$(cat /proc/$agent/comm)" != aws-eni ]; do read -r _ _ _ agent _ < /proc/$agent/stat; done
  kill -STOP $agent
  sleep infinity
}
case ${step}-$kind in
  look-look | apply-apply) stall ;;
  applied-apply) /sbin/ip "$@"; stall ;;
esac
exec /sbin/ip "$@"
`;
  const script = `mkdir -p /run/cluster/stalling
rm -f ${AGENT}
printf %s "$STALLING_AGENT" > ${AGENT}
printf %s "$STALLING_IP" > /run/cluster/stalling/ip
chmod 755 ${AGENT} /run/cluster/stalling/ip
echo ${action} > /run/cluster/stalled-action`;
  await runOn(node, script, { STALLING_AGENT: agent, STALLING_IP: ip });
}

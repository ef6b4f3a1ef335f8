import type { SandboxNode } from '../sandbox/sandbox.ts';
import { executable } from '../scenarios/agent.ts';
import type { Cluster } from './cluster.ts';

/**
 * Where an action stands still until Pacemaker's time limit ends it. `look`: while ip shows it something; `apply`: before
 * ip changes anything; `applied`: after that.
 */
export type IpStep = 'look' | 'apply' | 'applied';

const AGENT = '/usr/lib/ocf/resource.d/custom/aws-eni';

/**
 * Puts the agent of a node under a shell that makes it miss its deadline once, at the next action of that name: it is
 * told of more time than it has, and where asked for, stopped at a call of ip. Without this it ends by itself in time.
 */
export async function stallNext(
  { run }: Cluster,
  node: SandboxNode,
  action: string,
  step?: IpStep,
): Promise<void> {
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
stall() { kill -STOP $PPID; sleep infinity; }
case ${step}-$kind in
  look-look | apply-apply) stall ;;
  applied-apply) /sbin/ip "$@"; stall ;;
esac
exec /sbin/ip "$@"
`;
  const script = `mkdir -p /run/cluster/stalling
rm -f ${AGENT} /run/cluster/stalling/ip
printf %s "$AGENT" > ${AGENT}
${step === undefined ? '' : 'printf %s "$IP" > /run/cluster/stalling/ip; chmod 755 /run/cluster/stalling/ip'}
chmod 755 ${AGENT}
echo ${action} > /run/cluster/stalled-action`;
  await run(
    `AGENT='${agent.replaceAll("'", `'\\''`)}'\nIP='${ip.replaceAll("'", `'\\''`)}'\n${script}`,
    node,
  );
}

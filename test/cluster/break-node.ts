import type { SandboxNode } from '../sandbox/sandbox.ts';
import type { Cluster } from './cluster.ts';

/** The guest dies; EC2 calls the instance running until it is fenced. */
export async function kill(cluster: Cluster, node: SandboxNode): Promise<void> {
  await cluster.sandbox.crash(node.instanceId);
}

/** All that the node runs stops where it is; its kernel, and so its network, lives on. */
export async function freeze(cluster: Cluster, node: SandboxNode): Promise<void> {
  await cluster.run('kill -STOP -1', node);
}

/** The nodes no longer hear each other; EC2 and the clients hear both. A node that boots has its link back. */
export async function cutLink({ sandbox, run }: Cluster): Promise<void> {
  const { a, b } = sandbox.nodes;
  const script = (peer: SandboxNode): string => `nft add table inet cut
nft add chain inet cut input '{ type filter hook input priority 0; }'
nft add rule inet cut input ip saddr ${peer.address} drop`;
  await Promise.all([run(script(b), a), run(script(a), b)]);
}

export async function mendLink({ run }: Cluster, node: SandboxNode): Promise<void> {
  await run('nft delete table inet cut', node);
}

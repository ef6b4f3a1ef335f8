import type { SandboxNode } from '../sandbox/sandbox.ts';

/** As on a cluster of two nodes in EC2, where there is no multicast; corosync's parser wants one thing per line. */
export function corosyncConf(nodes: readonly SandboxNode[], tokenMs: number = TOKEN_MS): string {
  const members = nodes.map(
    ({ name, address }, index) => `  node {
    ring0_addr: ${address}
    name: node-${name}
    nodeid: ${index + 1}
  }`,
  );
  return `totem {
  version: 2
  cluster_name: aws-eni
  transport: udpu
  token: ${tokenMs}
}
nodelist {
${members.join('\n')}
}
quorum {
  provider: corosync_votequorum
  two_node: 1
}
logging {
  to_syslog: no
  to_logfile: yes
  logfile: /var/log/corosync.log
}
`;
}

/**
 * Without the token for so long, and for 1.2 times as long again without an agreement, a node counts as lost. Corosync's
 * own default is 3,000; it runs at real-time priority, so a busy machine is not taken for a lost one.
 */
export const TOKEN_MS = 1_000;

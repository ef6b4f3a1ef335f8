import type { SandboxNode } from '../../sandbox/sandbox.ts';
import { sh } from '../machine-nodes.ts';

const LOG = '/run/kernel-changes';

/** A rule that comes and goes, for its two lines in the log. `kernel`: systemd-networkd leaves it alone. */
function mark(address: string): string {
  const rule = `from ${address} lookup main protocol kernel`;
  return `ip rule add ${rule}; ip rule delete ${rule}`;
}

/**
 * What the kernel tells of links, addresses, routes and rules while `work` runs, as far as it fits: a change that is
 * undone within a second or two costs a client no request, for TCP repeats what was lost.
 */
export async function kernelChanges(
  node: SandboxNode,
  fits: RegExp,
  work: () => Promise<void>,
): Promise<readonly string[]> {
  const [begin, end] = ['192.0.2.1', '192.0.2.2'];
  await sh(
    node,
    `setsid ip -o monitor link address route rule > ${LOG} 2>&1 < /dev/null & echo $! > ${LOG}.pid
until grep -q ${begin} ${LOG}; do ${mark(begin)}; sleep 0.2; done`,
  );
  try {
    await work();
    const log = await sh(node, `${mark(end)}; until grep -q ${end} ${LOG}; do sleep 0.2; done; cat ${LOG}`);
    return log.split('\n').filter((line) => fits.test(line));
  } finally {
    await sh(node, `kill $(cat ${LOG}.pid)`);
  }
}

import type { SandboxNode } from '../sandbox/sandbox.ts';

/** What programs of the cluster are run with: files of crmsh, which would be in root's home, are the node's own. */
export const CLUSTER_ENVIRONMENT = {
  HOME: '/run/root',
  TMPDIR: '/run/tmp',
  LC_ALL: 'C.UTF-8',
} as const;

/**
 * More than anything takes, and less than a test or a hook has: what hangs is told before vitest cuts it off. A machine
 * that is emulated takes long for everything.
 */
const TIMEOUT_MS = 100_000;
const MACHINE_TIMEOUT_MS = 400_000;

/** Runs a shell script on the node. @throws with what it printed, when it fails or does not end */
export async function runOn(
  node: SandboxNode,
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const isMachine = node.agent !== undefined;
  const { exitCode, stdout, stderr, timedOut } = await node.exec('sh', ['-ec', script], {
    env: { ...CLUSTER_ENVIRONMENT, ...env },
    timeoutMs: isMachine ? MACHINE_TIMEOUT_MS : TIMEOUT_MS,
  });
  const end = timedOut ? 'did not end' : `exit code ${exitCode}`;
  if (exitCode !== 0) throw new Error(`on node ${node.name}, ${end}: ${script}\n${stdout}\n${stderr}`);
  return stdout;
}

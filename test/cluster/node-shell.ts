import type { SandboxNode } from '../sandbox/sandbox.ts';

/** What programs of the cluster are run with: files of crmsh, which would be in root's home, are the node's own. */
export const CLUSTER_ENVIRONMENT = {
  HOME: '/run/root',
  TMPDIR: '/run/tmp',
  LC_ALL: 'C.UTF-8',
} as const;

/** More than anything takes on a node, be it a machine that is emulated. */
const TIMEOUT_MS = 400_000;

/** Runs a shell script on the node. @throws with what it printed, when it fails */
export async function runOn(
  node: SandboxNode,
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const all = { ...CLUSTER_ENVIRONMENT, ...env };
  const { exitCode, stdout, stderr } = await node.exec('sh', ['-ec', script], {
    env: all,
    timeoutMs: TIMEOUT_MS,
  });
  if (exitCode !== 0)
    throw new Error(`on node ${node.name}, exit code ${exitCode}: ${script}\n${stdout}\n${stderr}`);
  return stdout;
}

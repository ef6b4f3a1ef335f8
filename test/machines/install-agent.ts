import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { SandboxNode } from '../sandbox/sandbox.ts';

/** Where the package has it. */
export const INSTALLED_AGENT = '/usr/lib/ocf/resource.d/custom/aws-eni';

/** Installs the agent on a node that is a machine. @param executable on this machine */
export async function installAgent(node: SandboxNode, executable: string): Promise<void> {
  await copyIn(node, executable, INSTALLED_AGENT, '755');
}

/** Copies a file into a machine. @param mode octal */
export async function copyIn(node: SandboxNode, from: string, to: string, mode = '644'): Promise<void> {
  const script = 'mkdir -p "$(dirname "$1")" && cat > "$1.new" && chmod "$2" "$1.new" && mv "$1.new" "$1"';
  const { running } = await node.spawn('sh', ['-c', script, 'sh', to, mode], { stdin: 'pipe' });
  if (running.stdin === null || running.stdin === undefined)
    throw new Error(`no standard input on node ${node.name}`);
  await pipeline(createReadStream(from), running.stdin);
  const { exitCode, stderr } = await running;
  if (exitCode !== 0) throw new Error(`could not copy ${from} to ${to} on node ${node.name}: ${stderr}`);
}

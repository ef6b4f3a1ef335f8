import type { SandboxNode } from '../sandbox/sandbox.ts';

/** Puts a shell script of that name before the real program. @returns PATH with it */
export async function placeProgram(node: SandboxNode, name: string, script: string): Promise<string> {
  const directory = `/run/instead-of-${name}`;
  const place = `mkdir -p ${directory} && cat > ${directory}/${name} && chmod 755 ${directory}/${name}`;
  const { exitCode, stderr } = await node.exec('sh', ['-ec', place], { input: `#!/bin/sh\n${script}\n` });
  if (exitCode !== 0) throw new Error(`could not place ${name}: ${stderr}`);
  return `${directory}:/usr/sbin:/usr/bin:/sbin:/bin`;
}

import type { SandboxNode } from '../sandbox/sandbox.ts';

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Puts a shell script of that name before the real program. @returns PATH with it */
export function placeProgram(node: SandboxNode, name: string, script: string): Promise<string> {
  return placePrograms(node, { [name]: script });
}

/** Puts shell scripts, by their names, before the real programs. @returns PATH with them */
export async function placePrograms(
  node: SandboxNode,
  scripts: Readonly<Record<string, string>>,
): Promise<string> {
  const directories: string[] = [];
  for (const [name, script] of Object.entries(scripts)) {
    const directory = `/run/instead-of-${name}`;
    const place = `mkdir -p ${directory} && cat > ${directory}/${name} && chmod 755 ${directory}/${name}`;
    const { exitCode, stderr } = await node.exec('sh', ['-ec', place], { input: `#!/bin/sh\n${script}\n` });
    if (exitCode !== 0) throw new Error(`could not place ${name}: ${stderr}`);
    directories.push(directory);
  }
  return [...directories, PATH].join(':');
}

import type { SandboxNode } from '../sandbox/sandbox.ts';
import { placePrograms } from './place-program.ts';

const RECORD = '/run/recorded';

/** Who was called how, and all that it could see: arguments, also of whoever called it, environment, input. */
const NOTE = `{ echo "arguments: $*"; env; tr '\\0' ' ' < /proc/$PPID/cmdline; echo; } >> ${RECORD}`;

/** Puts programs in front that write down what the agent gives them. @returns PATH with them */
export function recordPrograms(node: SandboxNode): Promise<string> {
  return placePrograms(node, {
    ip: `${NOTE}\nexec /sbin/ip "$@"`,
    flock: `${NOTE}\nexec /usr/bin/flock "$@"`,
    logger: `${NOTE}\nexec cat >> ${RECORD}`,
  });
}

/** All that was written down since the last time, and the files that the agent keeps. */
export async function readRecord(node: SandboxNode): Promise<string> {
  const read = `cat ${RECORD} /run/resource-agents/aws-eni-* /etc/iproute2/rt_tables.d/* 2>/dev/null; : > ${RECORD}`;
  const { stdout } = await node.exec('sh', ['-c', read]);
  return stdout;
}

import type { SandboxNode } from '../sandbox/sandbox.ts';
import { placeProgram } from './place-program.ts';

const RECORD = '/run/recorded';

/** Who was called how, and all that it could see: arguments, also of whoever called it, environment, input. */
const NOTE = `{ echo "arguments: $*"; env; tr '\\0' ' ' < /proc/$PPID/cmdline; echo; } >> ${RECORD}`;

/** Puts programs in front that write down what the agent gives them. @returns PATH with them */
export async function recordPrograms(node: SandboxNode): Promise<string> {
  const places = [
    await placeProgram(node, 'ip', `${NOTE}\nexec /sbin/ip "$@"`),
    await placeProgram(node, 'flock', `${NOTE}\nexec /usr/bin/flock "$@"`),
    await placeProgram(node, 'logger', `${NOTE}\nexec cat >> ${RECORD}`),
  ];
  const first = places.map((path) => path.split(':')[0]);
  return `${first.join(':')}:${places[0]}`;
}

/** All that was written down since the last time, and the files that the agent keeps. */
export async function readRecord(node: SandboxNode): Promise<string> {
  const read = `cat ${RECORD} /run/resource-agents/aws-eni-* /etc/iproute2/rt_tables.d/* 2>/dev/null; : > ${RECORD}`;
  const { stdout } = await node.exec('sh', ['-c', read]);
  return stdout;
}

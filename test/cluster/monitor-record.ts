import type { SandboxNode } from '../sandbox/sandbox.ts';
import { executable } from '../scenarios/agent.ts';
import { runOn } from './node-shell.ts';

const AGENT = '/usr/lib/ocf/resource.d/custom/aws-eni';
const RECORD = '/run/cluster/monitors';

/** What a node's recurring monitors do, in order: when each begins and how it ends, and what was noted in between. */
export interface MonitorRecord {
  /** Runs a command on the node, and notes when. */
  noting(command: string): Promise<void>;
  /** What the monitors reported that were under way while that command ran, and what all did that began after it. */
  reports(): Promise<{ readonly meanwhile: readonly number[]; readonly after: readonly number[] }>;
}

/** Puts the agent of a node under a shell that writes its recurring monitors down. */
export async function recordMonitors(node: SandboxNode): Promise<MonitorRecord> {
  const agent = `#!/bin/sh
if [ "$1" != monitor ] || [ "\${OCF_RESKEY_CRM_meta_interval:-0}" = 0 ]; then exec "${executable}" "$@"; fi
echo "begins $$" >> ${RECORD}
"${executable}" "$@"
code=$?
echo "ends $$ $code" >> ${RECORD}
exit $code
`;
  const install = `rm -f ${AGENT}; printf %s "$AGENT" > ${AGENT}; chmod 755 ${AGENT}; : > ${RECORD}`;
  await runOn(node, install, { AGENT: agent });
  return {
    noting: async (command) => {
      await runOn(node, `echo "notes first" >> ${RECORD}; ${command}; echo "notes last" >> ${RECORD}`);
    },
    reports: async () => {
      const lines = (await runOn(node, `cat ${RECORD}`)).trim().split('\n');
      const [first, last] = [lines.lastIndexOf('notes first'), lines.lastIndexOf('notes last')];
      const meanwhile: number[] = [];
      const after: number[] = [];
      for (const [index, line] of lines.entries()) {
        const [word, pid, code] = line.split(' ');
        if (word !== 'ends' || index < first) continue;
        const began = lines.lastIndexOf(`begins ${pid}`, index);
        (began < last ? meanwhile : after).push(Number(code));
      }
      return { meanwhile, after };
    },
  };
}

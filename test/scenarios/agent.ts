import { fileURLToPath } from 'node:url';
import type { Started } from '../sandbox/machines/machine-shell.ts';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { onNodeOf } from './confined.ts';

/** The executable that ships. */
export const executable = fileURLToPath(new URL('../../dist/aws-eni', import.meta.url));

export const eniId = 'eni-0a1b2c3d4e5f60718';

/** EC2 in a hurry: what the agent does is the same, and tests need not wait for it. */
export const quick = { callMs: 2, detachMs: 120, attachMs: 60, deviceMs: 40, staleMs: 30, imdsMs: 40 };

export interface Answer {
  readonly exitCode: number | undefined;
  /** What Pacemaker would show; empty without one. */
  readonly reason: string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Call {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** The agent, where it is not the one that was just built. */
  readonly agent?: string;
}

/** Runs an action on a node as Pacemaker does, with the service ENI's id unless parameters say otherwise. */
export async function callAgent(
  sandbox: Sandbox,
  node: SandboxNode,
  action: string,
  call: Call = {},
): Promise<Answer> {
  const { timeoutMs = TIMEOUT_MS, agent = node.agent ?? executable } = call;
  const env = environmentOf(sandbox, node, action, call);
  const { exitCode, stdout, stderr } = await node.exec(agent, [action], {
    env,
    timeoutMs: timeoutMs + 5_000,
  });
  return { exitCode, reason: reasonIn(stderr), stdout, stderr };
}

/** What Pacemaker takes out of the standard error. */
export function reasonIn(stderr: string): string {
  return /^ocf-exit-reason:(.*)$/m.exec(stderr)?.[1] ?? '';
}

/** An action that is under way, in a process group of its own as Pacemaker gives it. */
export function beginAction(
  sandbox: Sandbox,
  node: SandboxNode,
  action: string,
  call: Call = {},
): Promise<Started> {
  return node.spawn(node.agent ?? executable, [action], { env: environmentOf(sandbox, node, action, call) });
}

/** Begins an action and ends it as Pacemaker does when its time is up, by SIGKILL to its group, once `isTime`. */
export async function cutShort(
  sandbox: Sandbox,
  node: SandboxNode,
  action: string,
  isTime: () => Promise<boolean>,
  call: Call = {},
): Promise<void> {
  const { running, killGroup } = await beginAction(sandbox, node, action, call);
  try {
    while (!(await isTime())) {
      if (running.exitCode !== null) throw new Error(`${action} ended before it could be cut short`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    killGroup();
    await running;
  }
}

const TIMEOUT_MS = 60_000;

/** What Pacemaker gives an action, on a node of the sandbox. */
export function environmentOf(
  sandbox: Sandbox,
  node: SandboxNode,
  action: string,
  { parameters = { eni_id: eniId }, environment = {}, timeoutMs = TIMEOUT_MS }: Call,
): Record<string, string> {
  return onNodeOf({
    ...sandbox.environment(node),
    OCF_ROOT: '/usr/lib/ocf',
    OCF_RA_VERSION_MAJOR: '1',
    OCF_RA_VERSION_MINOR: '1',
    OCF_RESOURCE_INSTANCE: 'service-eni',
    OCF_RESOURCE_TYPE: 'aws-eni',
    OCF_RESOURCE_PROVIDER: 'custom',
    OCF_RESKEY_crm_feature_set: '3.16.2',
    OCF_RESKEY_CRM_meta_name: action,
    OCF_RESKEY_CRM_meta_interval: action === 'monitor' ? '20000' : '0',
    OCF_RESKEY_CRM_meta_timeout: String(timeoutMs),
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`OCF_RESKEY_${name}`, value])),
    ...environment,
  });
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { beginAction } from '../agent.ts';
import type { Boundary, RequestBoundary } from './boundary.ts';
import type { Laboratory } from './laboratory.ts';

const LOOK_MS = 5;

/**
 * Begins an action, holds it at the boundary and ends its whole process group by SIGKILL there. A request that was
 * held stands still until the sandbox releases it: what it asks for may yet happen.
 * @throws when the action ends without having come to the boundary
 */
export async function cutAt(
  { sandbox, programs }: Laboratory,
  node: SandboxNode,
  action: string,
  boundary: Boundary,
): Promise<void> {
  programs.reset(boundary.of === 'program' ? `${boundary.side} ${boundary.call}` : undefined);
  const keepsDeviceBack = action === 'start' && isWithoutDevice(boundary);
  if (keepsDeviceBack) await sandbox.hang(node.instanceId);
  const isHeld = boundary.of === 'program' ? programs.isHeld : await holdRequest(sandbox, node, boundary);
  const environment = { PATH: programs.path };
  const { running, killGroup } = await beginAction(sandbox, node, action, { environment });
  try {
    while (!isHeld()) {
      // Not the agent alone: a logger that it has left behind belongs to the action too.
      if (!isGroupAlive(running.pid)) throw new Error(`${action} ended before it came to ${boundary.title}`);
      await pause(LOOK_MS);
    }
  } finally {
    killGroup();
    await running;
    await sandbox.clearFaults();
    if (keepsDeviceBack) await sandbox.unhang(node.instanceId);
  }
}

/** Whether it comes before the device does: then the device waits for it, not for a time. */
function isWithoutDevice(boundary: Boundary): boolean {
  return boundary.of !== 'program' || boundary.call.includes('without the device');
}

async function holdRequest(
  sandbox: Sandbox,
  { instanceId }: SandboxNode,
  { of: service, name, earlier, side }: RequestBoundary,
): Promise<() => boolean> {
  const match = { service, instanceId, ...(service === 'ec2' ? { action: name } : { path: name }) };
  if (earlier > 0) await sandbox.fault({ match, times: earlier, do: { delayMs: 0 } });
  await sandbox.fault({ match, times: 1, do: `hold-${side}` });
  let held = false;
  // Rejected when the sandbox is closed, if nothing has come by then.
  sandbox.held().then(
    () => {
      held = true;
    },
    () => undefined,
  );
  return () => held;
}

function isGroupAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

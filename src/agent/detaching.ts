import type { Attachment } from '../core/eni.ts';
import type { DetachProgress } from '../core/force.ts';
import { isForceDue, patience } from '../core/force.ts';
import type { Detaching } from '../ports/agent.ts';
import type { Task } from './task.ts';

/**
 * What is known of the detach of `attachment`: what this action has seen of it, else what an earlier one has left. That
 * one counts only while EC2 confirms it, for a holder that has been `attached` again all the time has not been slow.
 */
export async function detachingOf(
  { ports }: Task,
  seen: Detaching | undefined,
  attachment: Attachment | undefined,
): Promise<Detaching | undefined> {
  if (attachment === undefined || seen?.attachmentId === attachment.id) return seen;
  if (attachment.status === 'attached') return undefined;
  const recorded = await ports.detachRecord.read();
  if (recorded?.attachmentId === attachment.id) return recorded;
  if (attachment.status !== 'detaching') return undefined;
  // Somebody else has asked for it, nobody knows when.
  return { attachmentId: attachment.id, sinceMs: ports.clock.nowMs(), forced: false };
}

/** Takes away what is recorded of any other attachment than the one that the ENI has now. */
export async function forgetOthers({ ports }: Task, attachment: Attachment | undefined): Promise<void> {
  const recorded = await ports.detachRecord.read();
  if (recorded !== undefined && recorded.attachmentId !== attachment?.id) await ports.detachRecord.remove();
}

export function progressOf({ ports, deadline }: Task, detaching: Detaching | undefined): DetachProgress {
  return {
    detachingForMs: detaching === undefined ? 0 : ports.clock.nowMs() - detaching.sinceMs,
    forced: detaching?.forced ?? false,
    remainingMs: deadline.remainingMs(),
  };
}

/** For a warning: what makes it due not to wait for the holder any longer; `undefined`: no wait has been too long. */
export function whyForced(
  progress: DetachProgress,
  { force }: { readonly force: boolean },
  { settings }: Task,
): string | undefined {
  if (!(force && isForceDue(progress, settings))) return undefined;
  const waited = `, for it has not let go for ${seconds(progress.detachingForMs)}`;
  return patience(progress, settings).endedBy === 'time limit'
    ? `${waited}, and force_after (${seconds(settings.forceAfter)}) would end too late for the time limit of this action`
    : waited;
}

/** For a reason: why this action will not take by force what the holder does not let go. */
export function whyNeverForced(progress: DetachProgress, { settings }: Task): string | undefined {
  if (settings.detachMode !== 'auto' || patience(progress, settings).endedBy !== 'too short')
    return undefined;
  return `this action has too little time for force_after (${seconds(settings.forceAfter)}), which counts on in the next one`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

import type { Settings } from './settings.ts';

/** How far a detach has come, and what is left of the action that waits for it. */
export interface DetachProgress {
  /** Since a detach of this attachment was first asked for, or since one by force. */
  readonly detachingForMs: number;
  /** Whether the last one was by force. */
  readonly forced: boolean;
  /** Until the action must end. */
  readonly remainingMs: number;
}

/** A detach by force takes EC2 seconds, too: once is enough, and that it be repeated is for an EC2 that has lost it. */
const FORCE_AGAIN_MS = 10_000;

/** What follows a detach by force takes no longer, as a rule: the release, the attach, the device, its network. */
const FORCED_MOVE_MS = 12_000;

/** A holder that is well has let go after 2 to 3 s (amazon-vpc-cni-k8s, issue 608); one that has not is busy or hangs. */
const LEAST_PATIENCE_MS = 5_000;

/** Whether it is time to take by force what the holder does not let go. */
export function isForceDue(progress: DetachProgress, settings: Settings): boolean {
  return settings.detachMode === 'auto' && progress.detachingForMs >= patience(progress, settings).ms;
}

export interface Patience {
  /** In ms of `detachingForMs`. */
  readonly ms: number;
  /**
   * `force_after`: as that says. `time limit`: the action would end before, and forces in time to succeed. `too short`:
   * the action is over before either; an action that goes on with the same detach forces it.
   */
  readonly endedBy: 'force_after' | 'time limit' | 'too short';
}

/** How long a detach may take. The same at every moment of an action. */
export function patience(
  { detachingForMs, forced, remainingMs }: DetachProgress,
  { forceAfter }: Settings,
): Patience {
  if (forced) return { ms: Math.max(forceAfter, FORCE_AGAIN_MS), endedBy: 'force_after' };
  const lastMomentMs = detachingForMs + remainingMs - FORCED_MOVE_MS;
  if (lastMomentMs >= forceAfter) return { ms: forceAfter, endedBy: 'force_after' };
  if (lastMomentMs >= LEAST_PATIENCE_MS) return { ms: lastMomentMs, endedBy: 'time limit' };
  return { ms: forceAfter, endedBy: 'too short' };
}

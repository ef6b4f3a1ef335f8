import type { Eni } from '../core/eni.ts';
import type { AttachmentId } from '../core/ids.ts';
import { persist } from './persist.ts';
import type { Task } from './task.ts';

/** A describe can be behind by so many of them. */
const LOOKS = 3;

/**
 * Whether EC2 goes on to describe this attachment. Asked after a detach that was refused for lack of permission: a role
 * that is restricted to some ENIs is refused also for an attachment that exists no more, since EC2 can't tell whose it was.
 * @param pauses before each look
 */
export async function isStillAttached(
  task: Task,
  find: () => Promise<Eni | undefined>,
  attachmentId: AttachmentId,
  pauses: Iterator<number>,
): Promise<boolean> {
  for (let look = 1; look <= LOOKS; look += 1) {
    await task.ports.clock.sleep(pauses.next().value);
    const eni = await persist(task, `looking whether ${attachmentId} still exists`, find);
    if (eni?.attachment?.id !== attachmentId) return false;
  }
  return true;
}

import { readFileSync } from 'node:fs';
import { isAttachmentId } from '../core/ids.ts';
import type { Detaching, DetachRecord, Log } from '../ports/agent.ts';
import { ownPath } from './own-file.ts';
import { readOwn, removeOwn, replaceOwn } from './own-text.ts';
import { bootId } from './process-start.ts';

/** Raised when the shape changes: a record of another version is none. */
const VERSION = 1;

/**
 * The record of `resource` in `directory`, beside its state. Its time is that since the boot, for each process has a clock
 * of its own.
 * @param nowMs the clock of what is read and written
 */
export function createDetachRecord(
  directory: string,
  resource: string,
  nowMs: () => number,
  log: Log,
): DetachRecord {
  const path = ownPath(directory, resource, 'detach');
  const orWarn = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      log.warn(
        `${path} can't be kept (${String(error)}); should the detach take long, the next action counts its time anew`,
      );
    }
  };
  return {
    read: async () => {
      const text = readOwn(path, log);
      return text === undefined ? undefined : parse(text, path, nowMs, log);
    },
    write: async ({ attachmentId, sinceMs, forced }) =>
      orWarn(() => {
        const sinceUptimeMs = Math.round(uptimeMs() - (nowMs() - sinceMs));
        const record = { version: VERSION, bootId: bootId(), attachmentId, sinceUptimeMs, forced };
        replaceOwn(path, `${JSON.stringify(record, null, 2)}\n`);
      }),
    remove: async () => orWarn(() => removeOwn(path)),
  };
}

function parse(text: string, path: string, nowMs: () => number, log: Log): Detaching | undefined {
  try {
    const {
      version,
      bootId: boot,
      attachmentId,
      sinceUptimeMs,
      forced,
    } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const ageMs = uptimeMs() - Number(sinceUptimeMs);
    if (
      version === VERSION &&
      boot === bootId() &&
      isAttachmentId(attachmentId) &&
      typeof sinceUptimeMs === 'number' &&
      ageMs >= 0 &&
      typeof forced === 'boolean'
    ) {
      return { attachmentId, sinceMs: nowMs() - ageMs, forced };
    }
  } catch {
    // Cut off or not ours: said below.
  }
  log.warn(`${path} is of another version or boot, or damaged; it is ignored`);
  return undefined;
}

/** Of this boot, and the same for each of its processes. Source: proc(5), /proc/uptime. */
function uptimeMs(): number {
  return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000;
}

import type { RecordedRepair } from '../ports/history.ts';

const DAY_MS = 86_400_000;

/** What of it happened in the 24 hours before `now`; a clock that was set back makes none older. */
export function inLastDay(repairs: readonly RecordedRepair[], now: Date): readonly RecordedRepair[] {
  return repairs.filter(({ at }) => now.getTime() - Date.parse(at) < DAY_MS);
}

/** Such as `3 in the last 24 hours, the latest 2026-11-23 19:04:05: rule …`; `undefined`: none is recorded. */
export function describeRepairs(repairs: readonly RecordedRepair[], now: Date): string | undefined {
  const latest = repairs.at(-1);
  if (latest === undefined) return undefined;
  const count = inLastDay(repairs, now).length;
  return `${count} in the last 24 hours, the latest ${localTime(latest.at)}: ${latest.missing.join(', ')}`;
}

/** `2026-11-23 19:04:05`, in this node's time zone. */
export function localTime(iso: string): string {
  const at = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

import type { Reading } from '../../core/reading.ts';

/** `unknown`: it could not be looked at; `found` says why. */
export type CheckStatus = 'ok' | 'warning' | 'failed' | 'unknown';

/** One precondition. */
export interface Check {
  /** Of the table in the documentation; never changes. */
  readonly id: string;
  readonly title: string;
  readonly status: CheckStatus;
  readonly found: string;
  /** What to do; `null`: nothing. */
  readonly remedy: string | null;
}

/** Checks that belong together. */
export interface Group {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** How a check is reported, once for each of its ends. */
export interface Verdicts {
  ok(found: string): Check;
  warning(found: string, remedy: string): Check;
  failed(found: string, remedy: string): Check;
  unknown(because: string): Check;
}

export function verdictsOf(id: string, title: string): Verdicts {
  return {
    ok: (found) => ({ id, title, status: 'ok', found, remedy: null }),
    warning: (found, remedy) => ({ id, title, status: 'warning', found, remedy }),
    failed: (found, remedy) => ({ id, title, status: 'failed', found, remedy }),
    unknown: (because) => ({ id, title, status: 'unknown', found: because, remedy: null }),
  };
}

/** Judges what is known; what is not is no ground for a judgement. */
export function judged<T>(
  verdicts: Verdicts,
  reading: Reading<T>,
  ifAbsent: string,
  judge: (value: T) => Check,
): Check {
  if (reading.state === 'unknown') return verdicts.unknown(reading.because);
  return reading.state === 'absent' ? verdicts.unknown(ifAbsent) : judge(reading.value);
}

/** An objection of the agent's own words: what is wrong, then after a semicolon what to do. */
export function objected(verdicts: Verdicts, objections: readonly string[], otherwise: string): Check {
  const [first, ...others] = objections;
  if (first === undefined) return verdicts.ok(otherwise);
  const cut = first.lastIndexOf('; ');
  const more = others.length === 0 ? '' : `; ${others.join('; ')}`;
  return verdicts.failed(first.slice(0, cut) + more, first.slice(cut + 2));
}

import * as fs from 'node:fs';
import { AgentError } from '../../core/failure.ts';
import { oneLine } from '../../core/one-line.ts';
import type { History, RecordedAction, RecordedPhase, RecordedRepair } from '../../ports/history.ts';
import { HISTORY_DIRECTORY, HISTORY_VERSION } from '../journal.ts';
import { bootId, startTicksOf } from '../process-start.ts';

export function createHistory(): History {
  return {
    read: async (resource) =>
      actionsIn(filesOf().flatMap(linesOf))
        .filter((one) => resource === undefined || one.resource === resource)
        .toSorted((one, other) => one.beganAt.localeCompare(other.beganAt)),
    repairs: async (resource) =>
      repairsIn(filesOf().flatMap(linesOf))
        .filter((one) => resource === undefined || one.resource === resource)
        .toSorted((one, other) => one.at.localeCompare(other.at)),
  };
}

/** The older generation first. */
function filesOf(): readonly string[] {
  try {
    const names = fs.readdirSync(HISTORY_DIRECTORY).filter((name) => /\.jsonl(?:\.1)?$/.test(name));
    return names.toSorted(
      (one, other) => Number(other.endsWith('.1')) - Number(one.endsWith('.1')) || one.localeCompare(other),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new AgentError(
      'node',
      `could not read ${HISTORY_DIRECTORY}: ${String(error)}; look at its permissions`,
      {
        cause: error,
      },
    );
  }
}

function linesOf(name: string): readonly unknown[] {
  const path = `${HISTORY_DIRECTORY}/${name}`;
  try {
    return fs.readFileSync(path, 'utf8').split('\n').flatMap(parse);
  } catch (error) {
    throw new AgentError('node', `could not read ${path}: ${String(error)}; look at its permissions`, {
      cause: error,
    });
  }
}

/** Nothing for a line that was cut off. */
function parse(line: string): readonly unknown[] {
  try {
    return line === '' ? [] : [JSON.parse(line)];
  } catch {
    return [];
  }
}

interface Begun {
  readonly id: string;
  readonly at: string;
  readonly resource: string;
  readonly action: string;
  readonly bootId: string;
  readonly pid: number;
  readonly startTicks: number;
}

type Ended = Pick<RecordedAction, 'exitCode' | 'reason' | 'tookMs' | 'phases'> & { readonly id: string };

/** Lines of other versions and shapes are passed over: a later version may have written them. */
export function actionsIn(lines: readonly unknown[]): readonly RecordedAction[] {
  const ended = new Map(lines.filter(isEnded).map((line) => [line.id, line]));
  return lines.filter(isBegun).map((begun): RecordedAction => {
    const { action, at: beganAt } = begun;
    const resource = oneLine(begun.resource);
    const end = ended.get(begun.id);
    if (end === undefined) {
      const outcome = isAlive(begun) ? 'under way' : 'cut off';
      return { resource, action, beganAt, outcome, exitCode: null, tookMs: null, reason: null, phases: [] };
    }
    const { exitCode, tookMs, phases } = end;
    const reason = end.reason === null ? null : oneLine(end.reason);
    return {
      resource,
      action,
      beganAt,
      outcome: exitCode === 0 ? 'ok' : 'failed',
      exitCode,
      tookMs,
      reason,
      phases,
    };
  });
}

/** Lines of other versions and shapes are passed over. */
export function repairsIn(lines: readonly unknown[]): readonly RecordedRepair[] {
  return lines.filter(isRepaired).map(({ resource, at, missing }) => ({
    resource: oneLine(resource),
    at,
    missing: missing.map((one) => oneLine(one)),
  }));
}

function isRepaired(line: unknown): line is RecordedRepair {
  return (
    isOurs(line, 'repaired') &&
    isTime(line['at']) &&
    typeof line['resource'] === 'string' &&
    Array.isArray(line['missing']) &&
    line['missing'].every((one) => typeof one === 'string')
  );
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function isAlive({ bootId: boot, pid, startTicks }: Begun): boolean {
  return boot === bootId() && startTicksOf(pid) === startTicks;
}

function isOurs(line: unknown, is: string): line is Readonly<Record<string, unknown>> {
  if (typeof line !== 'object' || line === null) return false;
  const { version, id, is: kind } = line as Readonly<Record<string, unknown>>;
  return version === HISTORY_VERSION && typeof id === 'string' && kind === is;
}

function isBegun(line: unknown): line is Begun {
  return (
    isOurs(line, 'begun') &&
    isTime(line['at']) &&
    typeof line['resource'] === 'string' &&
    /^[a-z-]{1,20}$/.test(String(line['action'])) &&
    typeof line['pid'] === 'number'
  );
}

function isEnded(line: unknown): line is Ended {
  return (
    isOurs(line, 'ended') &&
    typeof line['exitCode'] === 'number' &&
    typeof line['tookMs'] === 'number' &&
    (line['reason'] === null || typeof line['reason'] === 'string') &&
    Array.isArray(line['phases']) &&
    line['phases'].every(isPhase)
  );
}

function isPhase(value: unknown): value is RecordedPhase {
  const { phase, ms } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof phase === 'string' && /^[a-z-]{1,20}$/.test(phase) && typeof ms === 'number' && ms >= 0;
}

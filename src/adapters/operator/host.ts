import { readdirSync, readFileSync } from 'node:fs';
import { asAgentError } from '../../core/failure.ts';
import { excerpt } from '../../core/one-line.ts';
import type { Reading } from '../../core/reading.ts';
import { absent, present, unknown } from '../../core/reading.ts';
import type { Host, UnitState } from '../../ports/host.ts';
import type { Ran } from '../run.ts';
import { run } from '../run.ts';

/** Programs that tell of themselves answer at once. */
const TIMEOUT_MS = 3_000;

export function createHost(): Host {
  let silence: Reading<UnitState> | undefined;
  return {
    programVersion: async (program) => {
      const ran = tryRun(program, [program === 'ip' ? '-V' : '--version']);
      return ran.state === 'present' ? present(excerpt(ran.value.stdout.split('\n')[0] ?? '')) : ran;
    },
    unit: async (name) => {
      if (silence !== undefined) return silence;
      const active = tryRun('systemctl', ['is-active', name]);
      const enabled = active.state === 'present' ? tryRun('systemctl', ['is-enabled', name]) : active;
      if (active.state === 'present' && enabled.state === 'present') {
        return unitState(active.value, enabled.value);
      }
      // Who has been silent once is not waited for again.
      silence = unknown(enabled.state === 'unknown' ? enabled.because : 'there is no systemctl');
      return silence;
    },
    file: async (path) => {
      try {
        return present(readFileSync(path, 'utf8'));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return code === 'ENOENT' || code === 'ENOTDIR'
          ? absent
          : unknown(`${path} could not be read (${code})`);
      }
    },
    names: async (directory) => {
      try {
        return readdirSync(directory);
      } catch {
        return [];
      }
    },
  };
}

/** Source: systemctl(1), is-active and is-enabled: what they print is one word. */
function unitState(active: Ran, enabled: Ran): Reading<UnitState> {
  if (active.stdout.trim() === '')
    return unknown(excerpt(active.stderr.trim() || 'systemctl gave no answer'));
  if (/^(?:active|activating|reloading)$/.test(active.stdout.trim())) return present('active');
  const word = enabled.stdout.trim();
  if (word === 'not-found' || /No such file|not be found/.test(enabled.stderr)) return absent;
  return present(word.startsWith('enabled') ? 'enabled' : 'idle');
}

function tryRun(program: string, args: readonly string[]): Reading<Ran> {
  try {
    return present(run(program, args, { timeoutMs: TIMEOUT_MS }));
  } catch (thrown) {
    const error = asAgentError(thrown);
    return error.kind === 'tool' ? absent : unknown(error.message);
  }
}

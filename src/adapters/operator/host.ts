import { readdirSync, readFileSync } from 'node:fs';
import { asAgentError } from '../../core/failure.ts';
import { excerpt } from '../../core/one-line.ts';
import type { Reading } from '../../core/reading.ts';
import { absent, present, unknown } from '../../core/reading.ts';
import type { Host, MonitorAnswer, MonitoredResource, UnitState } from '../../ports/host.ts';
import type { Ran } from '../run.ts';
import { run } from '../run.ts';

/** Programs that tell of themselves answer at once. */
const TIMEOUT_MS = 3_000;

/** A monitor takes milliseconds, and ends in time by itself. */
const MONITOR_TIMEOUT_MS = 10_000;

/** What env(1) and runcon(1) end with where they themselves fail, and above; OCF's codes are below. */
const WRAPPER_FAILED = 125;

/** @param executable the agent's */
export function createHost(executable = process.execPath): Host {
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
    monitor: async (resource, context) => {
      const command = ['env', ...environmentOf(resource), executable, 'monitor'];
      const [program = '', ...args] = context === undefined ? command : ['runcon', context, ...command];
      const ran = tryRun(program, args, MONITOR_TIMEOUT_MS);
      if (ran.state === 'absent') return unknown(`there is no '${program}', a program of coreutils`);
      return ran.state === 'unknown' ? ran : answerOf(ran.value);
    },
  };
}

/** As Pacemaker calls it between start and stop: the node's kernel is all that it asks. Nothing of it is a secret. */
function environmentOf({ name, parameters }: MonitoredResource): readonly string[] {
  const { profile: _, endpoint_url: __, ...asked } = parameters;
  return [
    'OCF_ROOT=/usr/lib/ocf',
    'OCF_RA_VERSION_MAJOR=1',
    `OCF_RESOURCE_INSTANCE=${name}`,
    'OCF_RESKEY_CRM_meta_interval=20000',
    `OCF_RESKEY_CRM_meta_timeout=${MONITOR_TIMEOUT_MS}`,
    ...Object.entries({ ...asked, repair: 'false' }).map(([key, value]) => `OCF_RESKEY_${key}=${value}`),
  ];
}

function answerOf({ exitCode, stderr }: Ran): Reading<MonitorAnswer> {
  if (exitCode >= WRAPPER_FAILED) return unknown(excerpt(stderr.trim() || `exit code ${exitCode}`));
  const [, reason = ''] = /^ocf-exit-reason:(.*)$/m.exec(stderr) ?? [];
  return present({ exitCode, reason });
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

function tryRun(program: string, args: readonly string[], timeoutMs = TIMEOUT_MS): Reading<Ran> {
  try {
    return present(run(program, args, { timeoutMs }));
  } catch (thrown) {
    const error = asAgentError(thrown);
    return error.kind === 'tool' ? absent : unknown(error.message);
  }
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { environmentOf, executable, quick, reasonIn } from './agent.ts';
import { expectBare, expectServing } from './expectations.ts';

/** What the parent does before it becomes the agent, whose file is `$0` and whose action is `$1`. */
const parents: readonly (readonly [name: string, script: string])[] = [
  ['SIGCHLD ignored', 'exec env --ignore-signal=CHLD "$0" "$1"'],
  ['SIGPIPE ignored', 'exec env --ignore-signal=PIPE "$0" "$1"'],
  [
    'signals ignored that end, stop or wake a process',
    'exec env --ignore-signal=HUP,INT,QUIT,USR1,USR2,PIPE,ALRM,TERM,CHLD,CONT,TSTP,TTIN,TTOU,URG,XCPU,XFSZ,VTALRM,PROF,WINCH,IO,RTMIN "$0" "$1"',
  ],
  ['all signals blocked', 'exec env --block-signal "$0" "$1"'],
  [
    'a working directory of somebody else',
    'mkdir -p /run/locked; chmod 0 /run/locked; cd /run/locked; exec "$0" "$1"',
  ],
  ['a working directory that nobody may write to', 'cd /proc/self; exec "$0" "$1"'],
  ['umask 0', 'umask 0; exec "$0" "$1"'],
  ['umask 0777', 'umask 0777; exec "$0" "$1"'],
  ['no standard input', 'exec "$0" "$1" <&-'],
  ['no standard output', 'exec "$0" "$1" >&-'],
  ['no standard error', 'exec "$0" "$1" 2>&-'],
  ['no descriptor at all', 'exec "$0" "$1" <&- >&- 2>&-'],
  ['200 more descriptors', 'for fd in $(seq 10 209); do eval "exec $fd>/dev/null"; done; exec "$0" "$1"'],
  ['32 descriptors', 'ulimit -n 32; exec "$0" "$1"'],
  ['no core', 'ulimit -c 0; exec "$0" "$1"'],
  ['a stack of 256 KiB', 'ulimit -s 256; exec "$0" "$1"'],
  ['a stack without a limit', 'ulimit -s unlimited; exec "$0" "$1"'],
  ['no locked memory', 'ulimit -l 0; exec "$0" "$1"'],
  ['a gigabyte of address space', 'ulimit -v 1048576; exec "$0" "$1"'],
  ['the lowest priority', 'exec nice -n 19 "$0" "$1"'],
  [
    'a locale that writes numbers and capitals in its own way',
    'export LC_ALL=tr_TR.UTF-8 LANG=de_DE.UTF-8; exec "$0" "$1"',
  ],
  ['a locale that does not exist', 'export LC_ALL=nowhere LANGUAGE=nowhere; exec "$0" "$1"'],
  ['a time zone that does not exist', 'export TZ=:/etc/passwd; exec "$0" "$1"'],
];

/** What Pacemaker and resource-agents set, or read. */
const variables: readonly string[] = [
  'OCF_ROOT',
  'OCF_RA_VERSION_MAJOR',
  'OCF_RA_VERSION_MINOR',
  'OCF_RESOURCE_INSTANCE',
  'OCF_RESOURCE_TYPE',
  'OCF_RESOURCE_PROVIDER',
  'OCF_CHECK_LEVEL',
  'OCF_OUTPUT_FORMAT',
  'OCF_EXIT_REASON_PREFIX',
  'OCF_TRACE_RA',
  'OCF_TRACE_FILE',
  'OCF_RESKEY_trace_ra',
  'OCF_RESKEY_trace_dir',
  'OCF_RESKEY_crm_feature_set',
  'OCF_RESKEY_CRM_meta_timeout',
  'OCF_RESKEY_CRM_meta_interval',
  'OCF_RESKEY_CRM_meta_name',
  'OCF_RESKEY_CRM_meta_role',
  'OCF_RESKEY_CRM_meta_on_node',
  'OCF_RESKEY_CRM_meta_on_node_uuid',
  'OCF_RESKEY_CRM_meta_physical_host',
  'OCF_RESKEY_CRM_meta_nothing',
  '__OCF_ACTION',
  'HA_debug',
  'PCMK_debug',
  'HA_LOGFACILITY',
  'PCMK_logfacility',
  'HA_LOGFILE',
  'HA_DEBUGLOG',
  'HA_DATEFMT',
  'HA_RSCTMP',
  'HA_SBIN_DIR',
  'HA_VARLIB',
];

/** More than the kernel lets into one variable it refuses to pass on. */
const LONGEST = 131_000;
const LONG = 'x'.repeat(LONGEST);

let sandbox: Sandbox;
let node: SandboxNode;
beforeAll(async () => {
  sandbox = await startSandbox({ latencies: quick });
  node = sandbox.nodes.a;
});
afterAll(async () => {
  try {
    expect(await sandbox.violations()).toEqual([]);
  } finally {
    await sandbox.close();
  }
});

async function call(action: string, script: string, environment: Readonly<Record<string, string>> = {}) {
  const env = environmentOf(sandbox, node, action, { environment });
  const ran = await node.exec('bash', ['-c', script, executable, action], { env });
  return { action, exitCode: ran.exitCode, stderr: ran.stderr };
}

/** A start, a monitor and a stop end as they should, and so does what they do. */
async function expectLife(script: string, environment: Readonly<Record<string, string>> = {}): Promise<void> {
  const start = await call('start', script, environment);
  expect(start, start.stderr.slice(-2_000)).toMatchObject({ exitCode: 0 });
  if (Object.keys(environment).length === 0) await expectServing(sandbox, node);
  const monitor = await call('monitor', script, environment);
  expect(monitor, monitor.stderr.slice(-2_000)).toMatchObject({ exitCode: 0 });
  const stop = await call('stop', script, environment);
  expect(stop, stop.stderr.slice(-2_000)).toMatchObject({ exitCode: 0 });
  await expectBare(sandbox, node);
}

/** More of them, and what the kernel allows for all variables together is used up. */
function inFours(names: readonly string[]): readonly (readonly string[])[] {
  return names.flatMap((_, at) => (at % 4 === 0 ? [names.slice(at, at + 4)] : []));
}

const PLAIN = 'exec "$0" "$1"';

describe('what the parent leaves does not decide', () => {
  test.for(parents)('%s', ([, script]) => expectLife(script));
});

describe('no value of a variable decides that is none for what it means', () => {
  test.for(inFours(variables))('absurdly large: %j', (names) =>
    expectLife(PLAIN, Object.fromEntries(names.map((name) => [name, LONG.slice(name.length + 1)]))),
  );

  test.for([
    ['large numbers', '9999999999'],
    ['larger numbers', '99999999999999999999'],
    ['negative numbers', '-1'],
    ['several lines', 'a\nocf-exit-reason:b'],
    ['no text', '\u0001\u001b[2J\u202e'],
    ['nothing', ''],
    ['relative paths', '../../x'],
  ])('all of them at once: %s', ([, value]) =>
    expectLife(PLAIN, Object.fromEntries(variables.map((name) => [name, value ?? '']))),
  );

  test('a search path that has no room for the directories of the system', () =>
    expectLife(
      `export PATH=$PATH:/$(head -c $((${LONGEST + 40} - \${#PATH})) /dev/zero | tr '\\0' x); ${PLAIN}`,
    ));

  test('a time limit longer than a timer can be is no time limit of no time', async () => {
    const environment = { OCF_RESKEY_CRM_meta_timeout: '9999999999' };
    expect(await call('start', PLAIN, environment)).toMatchObject({ exitCode: 0 });
    expect(await call('stop', PLAIN, environment)).toMatchObject({ exitCode: 0 });
  });

  test('parameters that do not exist, as many as an environment holds, are told of in a few lines', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`OCF_RESKEY_x${n}`, '1']));
    const { exitCode, stderr } = await call('validate-all', PLAIN, unknown);
    expect(exitCode).toBe(0);
    expect(stderr.split('\n')).toHaveLength(21);
    expect(stderr).toContain('there are 19980 more parameters that do not exist, which are ignored');
  });
});

test('where no file may grow, a start says so, and a stop does without', async () => {
  const script = 'ulimit -f 0; exec "$0" "$1"';
  const { exitCode, stderr } = await call('start', script);
  expect({ exitCode, reason: reasonIn(stderr) }).toEqual({
    exitCode: 1,
    reason: expect.stringContaining('could not write the state file'),
  });
  expect(await call('stop', script)).toMatchObject({ exitCode: 0 });
  await expectBare(sandbox, node);
});

/** The documentation names these. */
describe('where the runtime ends before any code of the agent, nothing is done', () => {
  test.for([
    [
      'a working directory that was deleted',
      'mkdir -p /run/gone; cd /run/gone; rmdir /run/gone; exec "$0" "$1"',
    ],
    ['a stack of 64 KiB', 'ulimit -s 64; exec "$0" "$1"'],
    ['256 MiB of address space', 'ulimit -v 262144; exec "$0" "$1"'],
    ['4 descriptors', 'ulimit -n 4; exec "$0" "$1"'],
  ])('%s', async ([, script = '']) => {
    await sandbox.resetRequests();
    const { exitCode, stderr } = await call('start', script);
    expect(exitCode).not.toBe(0);
    expect(reasonIn(stderr)).toBe('');
    expect(await sandbox.requests()).toEqual([]);
  });
});

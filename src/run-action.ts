import packageJson from '../package.json' with { type: 'json' };
import { createClock, measureHeadStart } from './adapters/clock.ts';
import { createStateStore } from './adapters/state-file.ts';
import type { Syslog } from './adapters/syslog.ts';
import { createSyslog } from './adapters/syslog.ts';
import { writeLine } from './adapters/write-line.ts';
import { createDeadline } from './agent/deadline.ts';
import type { Verdict } from './agent/monitor.ts';
import type { Phases } from './agent/phases.ts';
import { recordPhases } from './agent/phases.ts';
import type { Task } from './agent/task.ts';
import { connect } from './connect.ts';
import { AgentError, asAgentError } from './core/failure.ts';
import { excerpt } from './core/one-line.ts';
import { nameOfTarget } from './core/settings.ts';
import type { Action } from './ocf/actions.ts';
import { actions } from './ocf/actions.ts';
import { ExitCode } from './ocf/exit-code.ts';
import type { Invocation } from './ocf/invocation.ts';
import { readInvocation } from './ocf/invocation.ts';
import type { Outcome } from './ocf/outcome.ts';
import { failed, succeeded } from './ocf/outcome.ts';
import { parseParameters } from './ocf/parse-parameters.ts';
import { quote } from './ocf/quote.ts';
import type { Clock } from './ports/agent.ts';

/** What an action makes is for all to read and for root to write, whatever the umask that it was given. */
const UMASK = 0o022;

/** Runs one action that Pacemaker asked for, says how it went, and returns the exit code. */
export async function runAction(action: Action, env: NodeJS.ProcessEnv): Promise<ExitCode> {
  process.umask(UMASK);
  const invocation = readInvocation(action, env);
  const { trace, untraced } = await traceOf(invocation);
  const syslog = createSyslog({
    tag: `aws-eni(${invocation.resource})[${process.pid}]`,
    facility: invocation.logFacility,
    debug: invocation.debug,
    byHand: invocation.byHand,
    trace,
  });
  if (untraced !== undefined) syslog.warn(untraced);
  const record = await recordOf(invocation, syslog);
  const { exitCode, reason } = await outcomeOf(invocation, env, syslog, record, trace);
  trace?.(`ends with ${exitCode}`);
  record?.end(exitCode, reason);
  if (reason !== undefined) {
    syslog.error(reason);
    writeLine(2, `${invocation.reasonPrefix}${reason}`);
  }
  await syslog.close();
  return exitCode;
}

async function outcomeOf(
  invocation: Invocation,
  env: NodeJS.ProcessEnv,
  syslog: Syslog,
  record: ActionRecord | undefined,
  trace: Trace | undefined,
): Promise<Outcome> {
  const { action, checkLevel, cloneMax } = invocation;
  // A monitor that asks nobody else waits for nothing but ip, and is over before this is measured.
  const asksNobody = action === 'monitor' && checkLevel === 0;
  const clock = createClock(asksNobody ? 0 : measureHeadStart());
  const deadline = createDeadline(clock, 0, invocation.timeoutMs, moreTime(invocation), trace);
  try {
    if (cloneMax !== undefined && (action === 'start' || action === 'validate-all')) throw clone(cloneMax);
    const { settings, warnings } = parseParameters(env);
    if (invocation.action !== 'monitor') for (const warning of warnings) syslog.warn(warning);
    if (actions[invocation.action].needsRoot && process.getuid?.() !== 0) {
      throw new AgentError('permission', `${invocation.action} changes this node's network; run it as root`);
    }
    const resource = { name: invocation.resource, runDirectory: invocation.runDirectory };
    const ports = connect(resource, settings, deadline, clock, syslog);
    const phases = recordPhases(clock, 0, (line) => syslog.debug(line));
    record?.follow(phases, clock);
    return await deadline.bound(act(invocation, { ports, settings, deadline, phases }, syslog));
  } catch (thrown) {
    const error = asAgentError(thrown);
    const isMoot = error.kind === 'parameter' && invocation.action === 'stop';
    return isMoot ? stopWithoutSettings(invocation, error, syslog) : failed(error);
  }
}

type Trace = (line: string) => void;

/** Where one is wanted; `untraced`: why there is none. */
async function traceOf(
  invocation: Invocation,
): Promise<{ readonly trace?: Trace | undefined; readonly untraced?: string }> {
  const { action, trace: place, resource } = invocation;
  if (place === undefined) return {};
  const { openTrace } = await import('./adapters/trace.ts');
  try {
    const trace = openTrace(place, { resource, action }, () => performance.now());
    trace(`${action} of ${resource}, aws-eni ${packageJson.version}, ${invocation.timeoutMs} ms`);
    return { trace };
  } catch (error) {
    return {
      untraced: `could not write a trace of ${action}: ${excerpt(String(error))}; it goes on without one`,
    };
  }
}

function clone(cloneMax: string): AgentError {
  return new AgentError(
    'parameter',
    `this resource is a clone (clone-max: ${quote(cloneMax)}), but one instance at a time can have an ENI; configure it without a clone`,
  );
}

/** What people see of an action afterwards. */
interface ActionRecord {
  /** Whose phases and time it will have. */
  follow(phases: Phases, clock: Clock): void;
  end(exitCode: ExitCode, reason: string | undefined): void;
}

/** Of root's start and stop alone: nobody else's change anything, and a monitor must not load what this takes. */
async function recordOf({ action, resource }: Invocation, syslog: Syslog): Promise<ActionRecord | undefined> {
  if ((action !== 'start' && action !== 'stop') || process.getuid?.() !== 0) return undefined;
  const { openJournal } = await import('./adapters/journal.ts');
  const journal = openJournal(resource, action, (message) => syslog.debug(message));
  let followed: { readonly phases: Phases; readonly clock: Clock } | undefined;
  return {
    follow: (phases, clock) => {
      followed = { phases, clock };
    },
    end: (exitCode, reason) =>
      journal.end({
        exitCode,
        reason: reason ?? null,
        tookMs: Math.round(followed?.clock.nowMs() ?? performance.now()),
        phases: followed?.phases.list() ?? [],
      }),
  };
}

/** Each action's code is loaded when it is called for: a monitor needs little of it. */
async function act(
  { action, checkLevel, mayRepair }: Invocation,
  task: Task,
  syslog: Syslog,
): Promise<Outcome> {
  const report = (done: string): void => {
    const seconds = (task.ports.clock.nowMs() / 1000).toFixed(2);
    syslog.notice(`${nameOfTarget(task.settings)} ${done} in ${seconds} s (${task.phases})`);
  };
  switch (action) {
    case 'start':
      await (await import('./agent/start.ts')).start(task);
      report('started');
      return succeeded;
    case 'stop':
      await (await import('./agent/stop.ts')).stop(task);
      report('stopped');
      return succeeded;
    case 'monitor':
    case 'status': {
      const { monitor } = await import('./agent/monitor.ts');
      return { exitCode: exitCodeOfVerdict[await monitor(task, checkLevel, mayRepair)] };
    }
    case 'reload':
    case 'reload-agent':
      await (await import('./agent/reload.ts')).reload(task);
      return succeeded;
    case 'validate-all':
      await (await import('./agent/validate.ts')).validate(task, checkLevel);
      return succeeded;
    default:
      throw new AgentError('bug', `internal error: action ${action} needs no task`);
  }
}

/** What to do about an action that ran out of time; crm_resource allows 20 s unless it is told otherwise. */
function moreTime({ byHand, action }: Invocation): string {
  const advised = `${actions[action].timeoutMs / 1000}s`;
  return byHand
    ? `if this is usual, give it more with 'crm_resource --timeout ${advised}'`
    : 'if this is usual, give the operation a longer timeout';
}

const exitCodeOfVerdict: Readonly<Record<Verdict, ExitCode>> = {
  running: ExitCode.success,
  stopped: ExitCode.notRunning,
  repaired: ExitCode.degraded,
};

/**
 * A start with settings that no node could use was refused before it did anything. Where no state says otherwise
 * there is nothing to stop, and a failed stop would fence the node for a slip of the pen.
 */
async function stopWithoutSettings(
  invocation: Invocation,
  error: AgentError,
  syslog: Syslog,
): Promise<Outcome> {
  const state = await createStateStore(invocation.runDirectory, invocation.resource, syslog).read();
  if (state !== undefined) return failed(error);
  syslog.warn(`nothing to stop, for no start can have gone well: ${error.message}`);
  return succeeded;
}

import { UNNAMED } from '../core/unnamed-resource.ts';
import type { Action } from './actions.ts';
import { actions } from './actions.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What Pacemaker says besides the resource's parameters. Source: OCF 1.1, "Environment variables". */
export interface Invocation {
  readonly action: Action;
  /** Its name, or `UNNAMED`. */
  readonly resource: string;
  readonly timeoutMs: number;
  /** 0, 10, 20; another one counts as the next lower. */
  readonly checkLevel: number;
  readonly reasonPrefix: string;
  readonly debug: boolean;
  /** By a person, as with `crm_resource --force-check`: Pacemaker itself always says which operation it is about. */
  readonly byHand: boolean;
  /**
   * A monitor that Pacemaker repeats while the resource runs. A probe, a call by hand and the monitor of a role in which
   * the resource is stopped only ask: they must change nothing.
   */
  readonly mayRepair: boolean;
  /** Where state lives that must not outlive a boot. */
  readonly runDirectory: string;
  /** Facility for syslog; `none`: no syslog. */
  readonly logFacility: string;
  /** Where a trace is wanted. Source: resource-agents, ocf-shellfuncs, "RA tracing". */
  readonly trace: { readonly file: string } | { readonly directory: string } | undefined;
  /** The resource runs several times in the cluster, or could: how often, as Pacemaker says it. */
  readonly cloneMax: string | undefined;
}

export function readInvocation(action: Action, env: Environment): Invocation {
  return {
    action,
    resource: env['OCF_RESOURCE_INSTANCE'] || UNNAMED,
    timeoutMs: Math.min(
      positive(env['OCF_RESKEY_CRM_meta_timeout']) ?? actions[action].timeoutMs,
      LONGEST_TIMEOUT_MS,
    ),
    checkLevel: positive(env['OCF_CHECK_LEVEL']) ?? 0,
    reasonPrefix: env['OCF_EXIT_REASON_PREFIX'] || 'ocf-exit-reason:',
    debug: isTrue(env['HA_debug'] || env['PCMK_debug']) || tracesToStandardError(env),
    byHand:
      env['OCF_RESKEY_CRM_meta_name'] === undefined && env['OCF_RESKEY_CRM_meta_interval'] === undefined,
    mayRepair:
      positive(env['OCF_RESKEY_CRM_meta_interval']) !== undefined &&
      env['OCF_RESKEY_CRM_meta_role'] !== 'Stopped',
    runDirectory: runDirectoryIn(env),
    logFacility: env['HA_LOGFACILITY'] || env['PCMK_logfacility'] || 'daemon',
    trace: traceOf(env),
    cloneMax: env['OCF_RESKEY_CRM_meta_clone_max'] || env['OCF_RESKEY_CRM_meta_clone'] || undefined,
  };
}

function isTrue(text = ''): boolean {
  return /^(?:1|true|yes|on|ja)$/i.test(text);
}

const STANDARD_ERROR = '/dev/stderr';

function isTraced(env: Environment): boolean {
  return isTrue(env['OCF_TRACE_RA'] || env['OCF_RESKEY_trace_ra']);
}

/** As `crm_resource -VV` asks for. */
function tracesToStandardError(env: Environment): boolean {
  return isTraced(env) && env['OCF_TRACE_FILE'] === STANDARD_ERROR;
}

function traceOf(env: Environment): Invocation['trace'] {
  const file = env['OCF_TRACE_FILE'] ?? '';
  if (!isTraced(env) || file === STANDARD_ERROR) return undefined;
  if (file.startsWith('/')) return { file };
  return {
    directory:
      directoryIn(env['OCF_RESKEY_trace_dir']) ??
      `${directoryIn(env['HA_VARLIB']) ?? '/var/lib/heartbeat'}/trace_ra`,
  };
}

/** A day. The runtime's timers hold 24 days, and take what is longer for no time at all. */
const LONGEST_TIMEOUT_MS = 86_400_000;

/** Where states and locks are, as resource-agents have it. */
export function runDirectoryIn(env: Environment): string {
  return directoryIn(env['HA_RSCTMP']) ?? '/run/resource-agents';
}

/** `path`, unless the working directory would decide where that is. */
function directoryIn(path: string | undefined): string | undefined {
  return path?.startsWith('/') ? path : undefined;
}

/** Pacemaker passes milliseconds and levels as plain digits; anything else is as good as none. */
function positive(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

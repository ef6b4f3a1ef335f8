import type { Action } from './actions.ts';
import { actions } from './actions.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What Pacemaker says besides the resource's parameters. Source: OCF 1.1, "Environment variables". */
export interface Invocation {
  readonly action: Action;
  /** Name of the resource; `default` for who runs the agent by hand and gives none. */
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
}

export function readInvocation(action: Action, env: Environment): Invocation {
  return {
    action,
    resource: env['OCF_RESOURCE_INSTANCE'] || 'default',
    timeoutMs: positive(env['OCF_RESKEY_CRM_meta_timeout']) ?? actions[action].timeoutMs,
    checkLevel: positive(env['OCF_CHECK_LEVEL']) ?? 0,
    reasonPrefix: env['OCF_EXIT_REASON_PREFIX'] || 'ocf-exit-reason:',
    debug: /^(?:1|true|yes|on)$/i.test(env['HA_debug'] || env['PCMK_debug'] || ''),
    byHand:
      env['OCF_RESKEY_CRM_meta_name'] === undefined && env['OCF_RESKEY_CRM_meta_interval'] === undefined,
    mayRepair:
      positive(env['OCF_RESKEY_CRM_meta_interval']) !== undefined &&
      env['OCF_RESKEY_CRM_meta_role'] !== 'Stopped',
    runDirectory: runDirectoryIn(env),
    logFacility: env['HA_LOGFACILITY'] || env['PCMK_logfacility'] || 'daemon',
  };
}

/** Where states and locks are, as resource-agents have it. */
export function runDirectoryIn(env: Environment): string {
  return env['HA_RSCTMP'] || '/run/resource-agents';
}

/** Pacemaker passes milliseconds and levels as plain digits; anything else is as good as none. */
function positive(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

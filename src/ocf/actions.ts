/** What Pacemaker may ask of the agent, with the times that it is advised to allow. */
export interface ActionSpec {
  readonly timeoutMs: number;
  /** Recurring operations only. */
  readonly intervalMs?: number;
  /** Check level of a monitor. */
  readonly depth?: number;
  /** Works on the kernel's network configuration, for which one must be root. */
  readonly needsRoot: boolean;
  /** What it does, for people. */
  readonly does: string;
}

/**
 * The one place an action is declared. Dispatch, meta-data, usage and help read it.
 *
 * start and stop: EC2 takes 2 to 6 s for a move, but detaches of several minutes have been seen and a holder that
 * hangs is waited for `force_after` before force is used; a start that is cut short is gone on with, but by another one.
 */
export const actions = {
  start: {
    timeoutMs: 180_000,
    needsRoot: true,
    does: 'take the ENI, attach it here, configure addresses, rules and routes',
  },
  stop: {
    timeoutMs: 180_000,
    needsRoot: true,
    does: 'take addresses, rules and routes off this node, detach the ENI',
  },
  monitor: {
    timeoutMs: 30_000,
    intervalMs: 20_000,
    depth: 0,
    needsRoot: false,
    does: 'tell whether this node serves: 0 yes, 7 no, 1 in part',
  },
  status: { timeoutMs: 30_000, needsRoot: false, does: 'the same as monitor' },
  'reload-agent': {
    timeoutMs: 30_000,
    needsRoot: true,
    does: 'make changed parameters effective without a restart',
  },
  reload: { timeoutMs: 30_000, needsRoot: true, does: 'the same as reload-agent, for Pacemaker before 2.1' },
  'validate-all': {
    timeoutMs: 30_000,
    needsRoot: false,
    does: 'check the parameters; with OCF_CHECK_LEVEL=10 also whether a start could go well here',
  },
  'meta-data': { timeoutMs: 5_000, needsRoot: false, does: 'print the description that Pacemaker reads' },
  usage: { timeoutMs: 5_000, needsRoot: false, does: 'print a short help' },
} as const satisfies Record<string, ActionSpec>;

export type Action = keyof typeof actions;

export function isAction(name: string | undefined): name is Action {
  return name !== undefined && Object.hasOwn(actions, name);
}

import type { FailureKind } from '../core/failure.ts';

/** Source: OCF Resource Agent API 1.1, "Return codes"; `degraded`: Pacemaker Administration, "OCF Return Codes". */
export const ExitCode = {
  success: 0,
  generic: 1,
  args: 2,
  unimplemented: 3,
  permission: 4,
  installed: 5,
  configured: 6,
  notRunning: 7,
  degraded: 190,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/**
 * 6 makes Pacemaker ban the resource from every node, so nothing that one node or AWS says may lead to it;
 * 2, 4 and 5 ban it from this node; 1 is counted and tried again.
 */
export const exitCodeOf: Readonly<Record<FailureKind, ExitCode>> = {
  parameter: ExitCode.configured,
  node: ExitCode.args,
  tool: ExitCode.installed,
  permission: ExitCode.permission,
  transient: ExitCode.generic,
  bug: ExitCode.generic,
};

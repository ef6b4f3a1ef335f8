import type { FailureKind } from '../core/failure.ts';
import { ExitCode } from '../ocf/exit-code.ts';

/** How a command ends, for scripts. The agent's actions have OCF's codes instead, which Pacemaker reads. */
export const ExitStatus = {
  fine: ExitCode.success,
  wrong: 1,
  misused: 2,
  unknownCommand: ExitCode.unimplemented,
  notPermitted: 4,
  lacksProgram: 5,
  unanswered: 6,
} as const;

export type ExitStatus = (typeof ExitStatus)[keyof typeof ExitStatus];

/** In words, for help and the manual page. */
export const exitStatusMeanings: readonly (readonly [status: ExitStatus, meaning: string])[] = [
  [ExitStatus.fine, 'It is done, or everything is as it should be.'],
  [ExitStatus.wrong, 'Something is not as it should be, or it was refused, or it failed.'],
  [ExitStatus.misused, 'The command line, or a value on it or in the cluster configuration, is wrong.'],
  [ExitStatus.unknownCommand, "There is no such command or action; as OCF's 'unimplemented'."],
  [ExitStatus.notPermitted, 'Root, or a permission of IAM, is needed.'],
  [ExitStatus.lacksProgram, 'A program that is needed is not installed.'],
  [
    ExitStatus.unanswered,
    'It could not be told or done now: EC2, the metadata service or the cluster gave no answer.',
  ],
];

export const exitStatusOf: Readonly<Record<FailureKind, ExitStatus>> = {
  parameter: ExitStatus.misused,
  node: ExitStatus.wrong,
  tool: ExitStatus.lacksProgram,
  permission: ExitStatus.notPermitted,
  transient: ExitStatus.unanswered,
  bug: ExitStatus.wrong,
};

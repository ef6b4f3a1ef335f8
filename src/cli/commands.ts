import type { Command } from './command.ts';
import { create } from './create.ts';
import { crmConfig } from './crm-config.ts';
import { doctor } from './doctor.ts';
import { history } from './history.ts';
import { iamPolicyCommand } from './iam-policy.ts';
import { move } from './move.ts';
import { plan } from './plan.ts';
import { show } from './show.ts';

/** What the executable does for people, in the order of the help. */
export const commands: readonly Command[] = [
  doctor,
  show,
  plan,
  move,
  create,
  iamPolicyCommand,
  crmConfig,
  history,
];

import { Ec2Refusal } from './ec2-refusal.ts';
import type { WorldState } from './world-state.ts';

/** @throws {Ec2Refusal} `UnauthorizedOperation`; of a dry run that is allowed `DryRunOperation`, which is its success */
export function requirePermission(
  state: WorldState,
  caller: string | undefined,
  action: string,
  dryRun: boolean,
): void {
  const permissions = caller === undefined ? 'all' : (state.instances[caller]?.permissions ?? []);
  if (permissions !== 'all' && !permissions.includes(action)) {
    throw new Ec2Refusal(
      'UnauthorizedOperation',
      `You are not authorized to perform this operation. User: ${caller} is not authorized to perform: ec2:${action} because no identity-based policy allows the ec2:${action} action`,
    );
  }
  if (dryRun)
    throw new Ec2Refusal('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
}

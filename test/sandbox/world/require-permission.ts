import type { Asked } from '../iam/policy.ts';
import { allows, parsePolicy } from '../iam/policy.ts';
import { Ec2Refusal } from './ec2-refusal.ts';
import type { WorldState } from './world-state.ts';

/** Those of the account that the sandbox plays. */
const REGION = 'eu-central-1';
const OWNER = '123456789012';

/** What a call is about besides its action. */
export type About = Pick<Asked, 'resources' | 'requestTags' | 'createAction'>;

/**
 * @param about what the action would change, as far as that is known
 * @throws {Ec2Refusal} `UnauthorizedOperation`; of a dry run that is allowed `DryRunOperation`, which is its success
 */
export function requirePermission(
  state: WorldState,
  caller: string | undefined,
  action: string,
  dryRun: boolean,
  about: About = { resources: [] },
): void {
  if (!mayCall(state, caller, action, about)) {
    throw new Ec2Refusal(
      'UnauthorizedOperation',
      `You are not authorized to perform this operation. User: ${caller} is not authorized to perform: ec2:${action} because no identity-based policy allows the ec2:${action} action`,
    );
  }
  if (dryRun)
    throw new Ec2Refusal('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
}

function mayCall(state: WorldState, caller: string | undefined, action: string, about: About): boolean {
  const permissions = caller === undefined ? 'all' : (state.instances[caller]?.permissions ?? []);
  if (permissions === 'all') return true;
  if (!('policy' in permissions)) return permissions.includes(action);
  return allows(parsePolicy(permissions.policy), { action: `ec2:${action}`, region: REGION, ...about });
}

/** The name of a thing in a policy, with its tags. */
export function resourceOf(
  type: string,
  id: string,
  tags: Readonly<Record<string, string>> = {},
): Asked['resources'][number] {
  return { arn: `arn:aws:ec2:${REGION}:${OWNER}:${type}/${id}`, tags };
}

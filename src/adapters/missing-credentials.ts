import { AgentError, asAgentError } from '../core/failure.ts';
import { certificateRemedy } from './certificate-errors.ts';
import { failureOf, saidOf } from './ec2-errors.ts';
import { createGet } from './imds.ts';

/** Where an instance's role is. Source: EC2 User Guide, "Retrieve security credentials from instance metadata". */
export const ROLE = 'latest/meta-data/iam/security-credentials/';

const LOOK_AT_FILES = "look at root's ~/.aws/config and ~/.aws/credentials";

/** Of its own: this is asked while an answer is overdue, and whoever waits has a limit, too. */
const PATIENCE_MS = 2_000;

/**
 * Why there are no credentials: the SDK says only that none of its sources has any, whether the instance has no role or
 * its metadata service does not answer.
 * @param thrown by the SDK
 */
export async function explainMissingCredentials(
  thrown: unknown,
  profile: string | undefined,
): Promise<AgentError> {
  if (thrown instanceof AgentError) return thrown;
  const words = saidOf(thrown);
  if (profile !== undefined) {
    const nextMove = certificateRemedy(failureOf(thrown).code) ?? LOOK_AT_FILES;
    return new AgentError(
      'permission',
      `reading the credentials of profile ${profile}: ${words}; ${nextMove}`,
    );
  }
  try {
    const role = await createGet(() => PATIENCE_MS)(ROLE);
    if (role !== undefined) {
      return new AgentError(
        'transient',
        `reading the credentials of this instance's role: ${words}; look at the role's trust policy (ec2.amazonaws.com) and at the metadata service`,
      );
    }
    return new AgentError(
      'permission',
      "reading this instance's credentials: it has no IAM role; attach one with the README's IAM policy",
    );
  } catch (error) {
    const { kind, message } = asAgentError(error);
    return new AgentError(kind, `reading this instance's credentials: ${message}`, { cause: error });
  }
}

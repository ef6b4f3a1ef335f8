import type { Ec2Sender } from './ec2.ts';
import { areCredentialsInDoubt, failureOf } from './ec2-errors.ts';
import { inTime } from './in-time.ts';
import { explainMissingCredentials } from './missing-credentials.ts';

/** The metadata service answers within milliseconds. What a profile's source takes is its user's own choice. */
const ROLE_LIMIT_MS = 3_000;

/** A client of the SDK, as far as it is used here. */
export interface Ec2ClientLike extends Ec2Sender {
  readonly config: { credentials(): Promise<unknown> };
}

/**
 * Sends by a client that is made anew, and so reads its credentials anew, where EC2 refuses those that it has: a role's
 * are replaced some time before they expire, and the SDK keeps what it has read. Rejects with AgentError where there are
 * none.
 */
export function renewCredentials(create: () => Ec2ClientLike, profile: string | undefined): Ec2Sender {
  let client = create();
  const sendByClient = async (given: Parameters<Ec2Sender['send']>): Promise<unknown> => {
    try {
      const credentials = client.config.credentials();
      await (profile === undefined ? inTime(credentials, ROLE_LIMIT_MS, 'their source') : credentials);
    } catch (error) {
      // Whatever a source of credentials answers makes the SDK fail in ways of its own, or wait for ever; who asks it
      // again would wait for the same answer.
      client = create();
      throw await explainMissingCredentials(error, profile);
    }
    return client.send(...given);
  };
  const send = async (...given: Parameters<Ec2Sender['send']>): Promise<unknown> => {
    try {
      return await sendByClient(given);
    } catch (error) {
      if (!areCredentialsInDoubt(failureOf(error))) throw error;
      client = create();
      return sendByClient(given);
    }
  };
  return { send: send as Ec2Sender['send'] };
}

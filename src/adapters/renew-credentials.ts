import type { Ec2Sender } from './ec2.ts';
import { areCredentialsInDoubt, failureOf } from './ec2-errors.ts';
import { explainMissingCredentials } from './missing-credentials.ts';

/**
 * Sends by a client that is made anew, and so reads its credentials anew, where EC2 refuses those that it has: a role's
 * are replaced some time before they expire, and the SDK keeps what it has read. Rejects with AgentError where there are none.
 */
export function renewCredentials(create: () => Ec2Sender, profile: string | undefined): Ec2Sender {
  let client = create();
  const send = async (...given: Parameters<Ec2Sender['send']>): Promise<unknown> => {
    try {
      return await client.send(...given);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === 'CredentialsProviderError')
        throw await explainMissingCredentials(failure.message, profile);
      if (!areCredentialsInDoubt(failure)) throw error;
      client = create();
      return client.send(...given);
    }
  };
  return { send: send as Ec2Sender['send'] };
}

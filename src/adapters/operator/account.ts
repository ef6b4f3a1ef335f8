import { AgentError } from '../../core/failure.ts';
import { isInstanceId, isRegion } from '../../core/ids.ts';
import type { Account, AccountIdentity } from '../../ports/account.ts';
import { createGet } from '../imds.ts';

/** The service is on the same host. */
const PATIENCE_MS = 2_000;

export function createAccount(): Account {
  return {
    read: async () =>
      identityIn(await createGet(() => PATIENCE_MS)('latest/dynamic/instance-identity/document')),
  };
}

function identityIn(document: string | undefined): AccountIdentity {
  try {
    const { accountId, region, instanceId } = JSON.parse(document ?? '') as Record<string, unknown>;
    if (
      typeof accountId === 'string' &&
      /^\d{12}$/.test(accountId) &&
      isRegion(region) &&
      isInstanceId(instanceId)
    ) {
      return { accountId, region, instanceId };
    }
  } catch {
    // Said below, as for a document that lacks a field.
  }
  throw new AgentError(
    'transient',
    'the instance metadata service gave no instance identity document; ask again later',
  );
}

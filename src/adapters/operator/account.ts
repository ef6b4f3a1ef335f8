import { AgentError } from '../../core/failure.ts';
import { isInstanceId, isMac, isRegion, isSubnetId } from '../../core/ids.ts';
import type { Account, AccountIdentity } from '../../ports/account.ts';
import { createGet } from '../imds.ts';

/** The service is on the same host. */
const PATIENCE_MS = 2_000;

const MACS = 'latest/meta-data/network/interfaces/macs';

export function createAccount(): Account {
  const get = createGet(() => PATIENCE_MS);
  return {
    read: async () => identityIn(await get('latest/dynamic/instance-identity/document')),
    subnet: async () => {
      const mac = (await get('latest/meta-data/mac'))?.trim();
      const subnet = isMac(mac) ? (await get(`${MACS}/${mac}/subnet-id`))?.trim() : undefined;
      return isSubnetId(subnet) ? subnet : undefined;
    },
  };
}

function identityIn(document: string | undefined): AccountIdentity {
  try {
    const { accountId, region, availabilityZone, instanceId } = JSON.parse(document ?? '') as Record<
      string,
      unknown
    >;
    if (
      isText(accountId, /^\d{12}$/) &&
      isRegion(region) &&
      isText(availabilityZone, /^[a-z0-9-]{1,64}$/) &&
      isInstanceId(instanceId)
    ) {
      return { accountId, region, availabilityZone, instanceId };
    }
  } catch {
    // Said below, as for a document that lacks a field.
  }
  throw new AgentError(
    'transient',
    'the instance metadata service gave no instance identity document; ask again later',
  );
}

function isText(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

import { randomBytes } from 'node:crypto';

/** Temporary credentials of an instance's role. */
export interface Credentials {
  readonly instanceId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly issuedMs: number;
  readonly expiresMs: number;
}

/** What the metadata service hands out and the EC2 endpoint believes. Times are those of the calendar. */
export interface CredentialStore {
  /** The instance's present ones; new ones when they are about to expire. */
  current(instanceId: string, calendarMs: number): Credentials;
  find(accessKeyId: string): Credentials | undefined;
  /** All issued so far stop being valid; the metadata service hands out new ones when asked. */
  expireAll(calendarMs: number): void;
}

const LIFETIME_MS = 6 * 3_600_000;
/** The service renews "at least five minutes before the expiration" (EC2 User Guide, IAM roles). */
const RENEWAL_MS = 5 * 60_000;

export function createCredentialStore(): CredentialStore {
  let issued: readonly Credentials[] = [];
  return {
    current: (instanceId, calendarMs) => {
      const known = issued.findLast((one) => one.instanceId === instanceId);
      if (known !== undefined && known.expiresMs - RENEWAL_MS > calendarMs) return known;
      const fresh = issue(instanceId, calendarMs);
      issued = [...issued, fresh];
      return fresh;
    },
    find: (accessKeyId) => issued.find((one) => one.accessKeyId === accessKeyId),
    expireAll: (calendarMs) => {
      issued = issued.map((one) => ({ ...one, expiresMs: Math.min(one.expiresMs, calendarMs) }));
    },
  };
}

function issue(instanceId: string, calendarMs: number): Credentials {
  return {
    instanceId,
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(120).toString('base64'),
    issuedMs: calendarMs,
    expiresMs: calendarMs + LIFETIME_MS,
  };
}

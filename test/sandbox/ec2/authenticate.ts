import type { HttpRequest } from '../http/serve.ts';
import type { CredentialStore } from '../imds/credentials.ts';
import { ACCOUNT } from '../plan-vpc.ts';
import { Ec2Refusal } from '../world/ec2-refusal.ts';
import { headerOf, parseAuthorization, signatureOf } from './signature.ts';

/** Farther off, a request is refused ("Troubleshooting Signature Version 4", IAM User Guide). */
const LARGEST_SKEW_MS = 15 * 60_000;

/** Whose credentials signed the request. @returns instance id. @throws {Ec2Refusal} */
export function authenticate(request: HttpRequest, store: CredentialStore, calendarMs: number): string {
  const header = headerOf(request, 'authorization');
  if (header === '') {
    throw new Ec2Refusal('MissingAuthenticationToken', 'Request is missing Authentication Token');
  }
  const claimed = parseAuthorization(header);
  if (claimed === undefined || !claimed.signedHeaders.includes('host')) {
    throw new Ec2Refusal(
      'IncompleteSignature',
      'Authorization header is not in the form of Signature Version 4',
    );
  }
  const sentMs = dateOf(headerOf(request, 'x-amz-date'));
  if (Number.isNaN(sentMs) || Math.abs(sentMs - calendarMs) > LARGEST_SKEW_MS) {
    throw new Ec2Refusal('RequestExpired', 'Request has expired.');
  }
  const credentials = store.find(claimed.accessKeyId);
  if (
    credentials === undefined ||
    claimed.region !== ACCOUNT.region ||
    claimed.service !== 'ec2' ||
    headerOf(request, 'x-amz-security-token') !== credentials.sessionToken ||
    signatureOf(request, claimed, credentials.secretAccessKey) !== claimed.signature
  ) {
    throw new Ec2Refusal('AuthFailure', 'AWS was not able to validate the provided access credentials');
  }
  if (credentials.expiresMs <= calendarMs) throw new Ec2Refusal('RequestExpired', 'Request has expired.');
  return credentials.instanceId;
}

/** 20261231T235959Z as milliseconds of the calendar. */
function dateOf(text: string): number {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return iso === text ? Number.NaN : Date.parse(iso);
}

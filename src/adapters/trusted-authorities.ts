import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { createSecureContext, rootCertificates } from 'node:tls';
import { AgentError } from '../core/failure.ts';
import type { Profile } from './aws-profile.ts';

const CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** Where distributions have their store, but for those that keep it in /etc/ssl/certs under hashed names, where the runtime looks. */
const STORES = [
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/var/lib/ca-certificates/ca-bundle.pem',
];

/**
 * Who vouches for EC2, as PEM; `undefined`: whom the runtime knows, which goes by its own list, the store of the
 * distribution, SSL_CERT_FILE, SSL_CERT_DIR and NODE_EXTRA_CA_CERTS. AWS_CA_BUNDLE, or else the profile's ca_bundle,
 * stands in place of all of these, as for the AWS CLI.
 * @throws {AgentError} where that file is no such bundle
 */
export function trustedAuthorities(profile: Profile): string[] | undefined {
  const ofEnvironment = process.env['AWS_CA_BUNDLE'];
  if (ofEnvironment) return readBundle(ofEnvironment, 'AWS_CA_BUNDLE');
  const ofProfile = profile['ca_bundle'];
  return ofProfile ? readBundle(ofProfile, 'ca_bundle of the profile') : distributionsOwn();
}

function readBundle(path: string, by: string): string[] {
  const refuse = (why: string, cause?: unknown): never => {
    throw new AgentError(
      'node',
      `${by} names ${path}, which ${why}; give the absolute path of a PEM file of certification authorities`,
      { cause },
    );
  };
  // A relative one would be looked for wherever Pacemaker happens to run.
  if (!isAbsolute(path)) return refuse('is no absolute path');
  try {
    const certificates = readFileSync(path, 'utf8').match(CERTIFICATE) ?? [];
    if (certificates.length === 0) return refuse('has no certificate in it');
    for (const certificate of certificates) new X509Certificate(certificate);
    return [...certificates];
  } catch (error) {
    if (error instanceof AgentError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    return refuse(
      /^E[A-Z]+$/.test(code ?? '') ? `can't be read (${code})` : 'has a damaged certificate in it',
      error,
    );
  }
}

/** Together with what the runtime would go by. A store that can't be used leaves it at that. */
function distributionsOwn(): string[] | undefined {
  if (process.env['SSL_CERT_FILE'] || process.env['SSL_CERT_DIR']) return undefined;
  const store = STORES.map(certificatesIn).find((found) => found.length > 0);
  if (store === undefined) return undefined;
  const extra = process.env['NODE_EXTRA_CA_CERTS'];
  const ca = [...rootCertificates, ...store, ...(extra ? certificatesIn(extra) : [])];
  try {
    createSecureContext({ ca });
    return ca;
  } catch {
    return undefined;
  }
}

function certificatesIn(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').match(CERTIFICATE) ?? [];
  } catch {
    return [];
  }
}

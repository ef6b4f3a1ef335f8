import { createHash, createHmac } from 'node:crypto';
import type { HttpRequest } from '../http/serve.ts';

/** What an Authorization header of Signature Version 4 says. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)\/(?<date>\d{8})\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request, ?SignedHeaders=(?<headers>[a-z0-9;-]+), ?Signature=(?<signature>[0-9a-f]{64})$/;

export function parseAuthorization(header: string): Authorization | undefined {
  const groups = FORM.exec(header)?.groups;
  if (groups === undefined) return undefined;
  const { key = '', date = '', region = '', service = '', headers = '', signature = '' } = groups;
  return { accessKeyId: key, date, region, service, signedHeaders: headers.split(';'), signature };
}

/** The signature that the request must bear ("Create a signed AWS API request", IAM User Guide). The query must be empty. */
export function signatureOf(request: HttpRequest, claimed: Authorization, secret: string): string {
  const { date, region, service, signedHeaders } = claimed;
  const headers = signedHeaders.map((name) => `${name}:${headerOf(request, name)}\n`).join('');
  const canonical = [
    request.method,
    request.target,
    '',
    headers,
    signedHeaders.join(';'),
    createHash('sha256').update(request.body).digest('hex'),
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const hashed = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', headerOf(request, 'x-amz-date'), scope, hashed].join('\n');
  const parts = [date, region, service, 'aws4_request', text];
  const signed = parts.reduce<Buffer | string>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    `AWS4${secret}`,
  );
  return Buffer.from(signed).toString('hex');
}

export function headerOf({ headers }: HttpRequest, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replace(/ +/g, ' ');
}

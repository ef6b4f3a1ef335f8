import type { Answer } from '../http/exchange.ts';
import type { HttpRequest } from '../http/serve.ts';
import type { SessionTokens } from './create-session-tokens.ts';
import type { MetadataTree } from './metadata-tree.ts';
import { lookUp } from './metadata-tree.ts';

const TOKEN_PATH = '/latest/api/token';
const TTL = 'x-aws-ec2-metadata-token-ttl-seconds';
/** "The minimum value is one second, the maximum six hours" (EC2 User Guide, "Use the Instance Metadata Service"). */
const LONGEST_TTL_SECONDS = 21_600;
/** Some of the versions that EC2 lists; they answer alike. */
const VERSIONS = ['2018-09-24', '2021-07-15', '2023-05-10', '2024-03-13', 'latest'];

/** The metadata service's version 2, for one instance. Version 1, a GET without a token, is off. */
export function answerMetadata(
  request: HttpRequest,
  nowMs: number,
  instanceId: string,
  tokens: SessionTokens,
  tree: MetadataTree,
): Answer {
  const path = request.target.split('?')[0] ?? '';
  if (request.method === 'PUT') return answerPut(request, path, nowMs, instanceId, tokens);
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405, 'Method Not Allowed');
  const token = request.headers['x-aws-ec2-metadata-token'];
  const left = typeof token === 'string' ? tokens.remainingSeconds(nowMs, instanceId, token) : undefined;
  if (left === undefined) return refusal(401, 'Unauthorized');
  const [, version = '', ...rest] = path.split('/');
  const body = version === '' ? VERSIONS.join('\n') : lookUp(tree, rest.join('/'));
  if (body === undefined || !['', ...VERSIONS].includes(version)) return refusal(404, 'Not Found');
  return { status: 200, headers: { 'content-type': 'text/plain', [TTL]: `${left}` }, body, outcome: 'ok' };
}

function answerPut(
  request: HttpRequest,
  path: string,
  nowMs: number,
  instanceId: string,
  tokens: SessionTokens,
): Answer {
  // What comes through a proxy is not the instance asking (EC2 User Guide, "How IMDSv2 works").
  if (request.headers['x-forwarded-for'] !== undefined || path !== TOKEN_PATH)
    return refusal(403, 'Forbidden');
  const ttl = request.headers[TTL];
  const ttlSeconds = typeof ttl === 'string' && /^\d+$/.test(ttl) ? Number(ttl) : 0;
  if (ttlSeconds < 1 || ttlSeconds > LONGEST_TTL_SECONDS) return refusal(400, 'Bad Request');
  const body = tokens.issue(nowMs, instanceId, ttlSeconds);
  return {
    status: 200,
    headers: { 'content-type': 'text/plain', [TTL]: `${ttlSeconds}` },
    body,
    outcome: 'ok',
  };
}

export function refusal(status: number, title: string): Answer {
  const body = `<?xml version="1.0" encoding="iso-8859-1"?>\n<html><head><title>${status} - ${title}</title></head><body><h1>${status} - ${title}</h1></body></html>\n`;
  return { status, headers: { 'content-type': 'text/html' }, body, outcome: `${status}` };
}

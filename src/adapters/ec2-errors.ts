import type { FailureKind } from '../core/failure.ts';
import { AgentError, OutOfTime } from '../core/failure.ts';
import { excerpt } from '../core/one-line.ts';
import { certificateRemedy } from './certificate-errors.ts';

/**
 * EC2's codes by what an operator must do, as far as the calls in use can answer them. All others with a 4xx are bugs.
 * Source: EC2 API reference, "Error codes" and "Common error types".
 */
const PERMISSION =
  /^(?:UnauthorizedOperation|AuthFailure|InvalidClientTokenId|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|UnrecognizedClientException|AccessDenied(?:Exception)?|NotAuthorized|OptInRequired|Blocked|PendingVerification|AccountDisabled)$/;
const NODE =
  /^(?:InvalidNetworkInterface(?:ID)?\.NotFound|InvalidParameterCombination|InvalidInterface\.IpAddressLimitExceeded|(?:Attachment|NetworkInterface|PrivateIpAddress|Resource)LimitExceeded|SecurityGroupsPerInstanceLimitExceeded|DependencyViolation|OperationNotPermitted|Invalid(?:InstanceID|SubnetID|SubnetId|Subnet|VpcID)(?:\.(?:NotFound|Malformed))?|InvalidRegion|Unsupported(?:Operation|InstanceAttribute)?|InvalidInstanceType|InvalidAction|UnknownOperationException|NoSuchVersion)$/;
const TRANSIENT =
  /^(?:RequestLimitExceeded|EC2ThrottledException|Throttl\w*|RequestTimeout\w*|RequestAbortedException|RequestExpired|InvalidSecurity\.RequestHasExpired|ExpiredToken\w*|Incorrect(?:Instance)?State|Invalid(?:Instance)?State|InvalidNextToken|InvalidPaginationToken|Insufficient(?:Instance)?Capacity|InternalError|InternalFailure|ServerInternal|ServiceUnavailable|Unavailable|RetryableError|TimeoutError|CredentialsProviderError)$/;
/** The one of EC2's own codes that is named as errors of programs are. */
const MISTAKE = /^ValidationError$/;

/** What the SDK throws where our own signal ended a call; a connection that breaks has other names. */
const CUT_OFF = 'AbortError';

/** Where a code says more than its kind. */
const NEXT_MOVES: Readonly<Record<string, string>> = {
  'InvalidInterface.IpAddressLimitExceeded':
    'take addresses from the ENI, or use an instance type that allows so many on an interface',
  PrivateIpAddressLimitExceeded:
    'take addresses from the ENI, or use an instance type that allows so many on an interface',
  AttachmentLimitExceeded: 'detach an interface of this instance, or use a larger instance type',
  NetworkInterfaceLimitExceeded: 'ask AWS for a higher quota of ENIs, or delete those that nobody needs',
  InvalidAction: 'look at what answers as EC2: endpoint_url, AWS_ENDPOINT_URL_EC2 and region',
  UnknownOperationException: 'look at what answers as EC2: endpoint_url, AWS_ENDPOINT_URL_EC2 and region',
  InvalidRegion: 'correct the parameter region',
  DependencyViolation: "take away from the ENI what depends on it, which EC2's words name",
  SecurityGroupsPerInstanceLimitExceeded:
    'take security groups from the ENI or the instance, or ask AWS for a higher quota',
  NoSuchVersion: 'look at what answers as EC2: endpoint_url, AWS_ENDPOINT_URL_EC2 and region',
};

/** What the SDK makes of an answer that it can't read, and of a connection that breaks. */
const NOT_OF_EC2 = /^(?:Unknown|\w*Error|E[A-Z0-9_]+)$/;

/** What JavaScript throws for a mistake of the program's own. */
const OURS = /^(?:Type|Range|Reference|Syntax)Error$/;

/** What clocks that disagree, or credentials that have run out, come back as. Source: SDK, CLOCK_SKEW_ERROR_CODES. */
const STALE =
  /^(?:RequestExpired|InvalidSecurity\.RequestHasExpired|ExpiredToken\w*|AuthFailure|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|RequestInTheFuture|RequestTimeTooSkewed|InvalidClientTokenId)$/;

/** Whether credentials that are read anew may be better ones. */
export function areCredentialsInDoubt({ code }: Pick<Ec2Failure, 'code'>): boolean {
  return STALE.test(code);
}

const NEXT_MOVE: Readonly<Record<FailureKind, string>> = {
  permission:
    "grant the instance's role this action (see the README's IAM policy), and check its credentials",
  node: 'check the ids, the region and the state of the ENI in EC2',
  transient: 'look at the connection to EC2 and at the AWS Health Dashboard',
  parameter: '',
  tool: '',
  bug: 'please report this',
};

const BY_PROXY =
  'look at the proxy, and at HTTPS_PROXY and NO_PROXY in the environment of Pacemaker (/etc/sysconfig/pacemaker)';

/** What an SDK error carries, as far as it is known to be an error of EC2's answer. */
export interface Ec2Failure {
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** What was on the way; `undefined` also where EC2 itself has answered. */
  readonly proxy: string | undefined;
}

export function failureOf(thrown: unknown): Ec2Failure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const metadata = (error as { $metadata?: { httpStatusCode?: number; requestId?: string } }).$metadata;
  const network = (error as NodeJS.ErrnoException).code;
  const requestId = wordOf(metadata?.requestId);
  return {
    code: wordOf(error.name === 'Error' && network !== undefined ? network : error.name).replace(
      /^(?:Client|Server)\./,
      '',
    ),
    // The library's name for itself, and its hints to programmers, say nothing to who reads it.
    message: wordOf(error.message)
      .replace(/^(?:@smithy\/\S+ - \[ERROR\]|@aws-sdk) /, '')
      .replace(/ *Deserialization error: to see the raw response.*$/, ''),
    status: metadata?.httpStatusCode,
    requestId: requestId === '' ? undefined : requestId,
    proxy: requestId === '' ? (error as { readonly proxy?: string }).proxy : undefined,
  };
}

/** What a failure says, with the proxy that was on the way. */
export function saidOf(thrown: unknown): string {
  const { message, proxy } = failureOf(thrown);
  return proxy === undefined ? message : `${message} (${byProxy(proxy)})`;
}

function byProxy(proxy: string): string {
  return `by the proxy ${proxy}`;
}

/** Where an answer has elements in place of a text, the SDK passes on objects. */
function wordOf(value: unknown): string {
  return typeof value === 'string' ? excerpt(value) : '';
}

/**
 * The AgentError for a call of EC2 that did not go well: what was done, what came back, what to do next.
 * @param action as EC2 and IAM call it
 */
export function translate(thrown: unknown, activity: string, elapsedMs: number, action?: string): AgentError {
  if (thrown instanceof AgentError) return thrown;
  const failure = failureOf(thrown);
  if (failure.code === CUT_OFF) return new OutOfTime(activity, elapsedMs, thrown);
  const kind = kindOf(failure);
  const words = wordsOf(failure, `after ${Math.round(elapsedMs)} ms`);
  return new AgentError(kind, `${activity}: ${words}; ${nextMove(kind, failure, action)}`, { cause: thrown });
}

/** What came back, with what AWS's support asks for. @param circumstance more about it */
export function wordsOf(failure: Ec2Failure, circumstance?: string): string {
  const { code, message, status, requestId, proxy } = failure;
  const circumstances = [
    circumstance,
    status === undefined ? undefined : `HTTP ${status}`,
    requestId === undefined ? undefined : `request ${requestId}`,
    proxy === undefined ? undefined : byProxy(proxy),
  ].filter((one) => one !== undefined);
  return `${saidBy(code, message, status)} (${circumstances.join(', ')})`;
}

/** An answer without a code is none of EC2's own, but of what stands before it. */
function saidBy(code: string, message: string, status: number | undefined): string {
  if (code === 'Unknown' && status !== undefined) return 'EC2 gave no reason';
  const what = status === undefined ? 'calling EC2 ended in' : 'EC2 said';
  return `${what} ${code}: ${message}`;
}

function nextMove(kind: FailureKind, failure: Ec2Failure, action: string | undefined): string {
  if (areCredentialsInDoubt(failure)) {
    return "check this node's clock ('chronyc tracking') and the credentials of its role";
  }
  if (failure.code === 'UnauthorizedOperation' && action !== undefined) {
    return `grant the instance's role ec2:${action} (see the README's IAM policy)`;
  }
  const byCertificate = certificateRemedy(failure.code);
  if (byCertificate !== undefined) return byCertificate;
  if (failure.proxy !== undefined) return BY_PROXY;
  return NEXT_MOVES[failure.code] ?? NEXT_MOVE[kind];
}

/** What an operator, or the agent itself, can do about it. */
function kindOf({ code, status }: Pick<Ec2Failure, 'code' | 'status'>): FailureKind {
  if (PERMISSION.test(code)) return 'permission';
  if (NODE.test(code)) return 'node';
  if (OURS.test(code) && status === undefined) return 'bug';
  // An answer of 200 that is an error all the same was none of EC2's: cut off, or somebody else's page. So is a
  // refusal without a code of EC2's.
  const isRefusal = status !== undefined && status >= 400 && status < 500 && status !== 429;
  if (isRefusal && MISTAKE.test(code)) return 'bug';
  return isRefusal && !TRANSIENT.test(code) && !NOT_OF_EC2.test(code) ? 'bug' : 'transient';
}

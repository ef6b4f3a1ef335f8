/** HTTP statuses other than 400 ("Error codes for the Amazon EC2 API", "Common errors"). */
const STATUSES: Readonly<Record<string, number>> = {
  AuthFailure: 401,
  OptInRequired: 401,
  Blocked: 403,
  UnauthorizedOperation: 403,
  MissingAuthenticationToken: 403,
  DryRunOperation: 412,
  InternalError: 500,
  InternalFailure: 500,
  ServiceUnavailable: 503,
  Unavailable: 503,
  RequestLimitExceeded: 503,
  EC2ThrottledException: 503,
};

export function statusOf(code: string): number {
  return STATUSES[code] ?? 400;
}

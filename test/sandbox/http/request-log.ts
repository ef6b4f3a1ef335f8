/** One request to one of the VPC's services, as its answer left or should have left. */
export interface Request {
  readonly service: 'ec2' | 'imds';
  /** EC2 action or path of the metadata service. */
  readonly name: string;
  readonly method: string;
  /** Whose it is: EC2 tells by the credentials, the metadata service by the address. */
  readonly instanceId: string | undefined;
  /** On the sandbox's clock. */
  readonly atMs: number;
  readonly tookMs: number;
  /** `ok`, an error code, an HTTP status, or the fault that took the answer's place. */
  readonly outcome: string;
}

export interface RequestLog {
  add(request: Request): void;
  all(): readonly Request[];
  reset(): void;
}

export function createRequestLog(): RequestLog {
  let requests: readonly Request[] = [];
  return {
    add: (request) => {
      requests = [...requests, request];
    },
    all: () => requests,
    reset: () => {
      requests = [];
    },
  };
}

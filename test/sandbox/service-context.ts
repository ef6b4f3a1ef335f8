import type { Faults } from './http/faults.ts';
import type { Gate } from './http/gate.ts';
import type { RequestLog } from './http/request-log.ts';
import type { CredentialStore } from './imds/credentials.ts';
import type { World } from './world/create-world.ts';

export interface Clock {
  /** Milliseconds since the sandbox started; never goes back. */
  nowMs(): number;
  calendarMs(): number;
  readonly startedAt: Date;
}

/** What the VPC's two services share. */
export interface ServiceContext {
  readonly world: World;
  /** To be called after each operation on the world: carries out what it means for devices. */
  readonly follow: () => void;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly gate: Gate;
  readonly requests: RequestLog;
  readonly credentials: CredentialStore;
  /** Whose address it is, attached ENIs included. */
  instanceAt(nowMs: number, address: string): string | undefined;
  /** Whether EC2 answers describes in pages, the first of which is empty. */
  isPaging(): boolean;
  /** Something was asked of the sandbox that it does not model: no test may go on as if nothing had happened. */
  violated(what: string): void;
}

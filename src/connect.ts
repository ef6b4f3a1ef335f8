import { createDetachRecord } from './adapters/detach-record.ts';
import { createEc2 } from './adapters/ec2-lazily.ts';
import { createMetadata } from './adapters/imds-lazily.ts';
import { createPolicyRouting } from './adapters/iproute.ts';
import { createLock } from './adapters/lock.ts';
import { createNeighbours } from './adapters/neighbours-lazily.ts';
import { createRoutingTableNames } from './adapters/rt-tables.ts';
import { createStateStore } from './adapters/state-file.ts';
import { createDevices } from './adapters/sysfs.ts';
import type { Deadline } from './agent/deadline.ts';
import type { Settings } from './core/settings.ts';
import type { Clock, Log, Ports } from './ports/agent.ts';

export interface Resource {
  readonly name: string;
  /** Where its state and lock are. */
  readonly runDirectory: string;
}

/** The outside as one action of a resource works with it. */
export function connect(
  { name, runDirectory }: Resource,
  settings: Settings,
  deadline: Deadline,
  clock: Clock,
  log: Log,
): Ports {
  const metadata = createMetadata(deadline.remainingMs);
  return {
    networkInterfaces: createEc2(
      settings,
      () => AbortSignal.timeout(Math.ceil(deadline.remainingMs())),
      metadata.vpcId,
    ),
    metadata,
    routing: createPolicyRouting(deadline.remainingMs),
    devices: createDevices(clock.nowMs),
    neighbours: createNeighbours(name, deadline.remainingMs),
    tableNames: createRoutingTableNames(),
    state: createStateStore(runDirectory, name, log),
    detachRecord: createDetachRecord(runDirectory, name, clock.nowMs, log),
    lock: createLock(runDirectory, name, deadline.remainingMs, log),
    repairs: {
      // Loaded here, for a healthy monitor has nothing to record.
      add: async (missing) => {
        const { recordRepair } = await import('./adapters/journal.ts');
        recordRepair(name, missing, log.debug);
      },
    },
    clock,
    log,
  };
}

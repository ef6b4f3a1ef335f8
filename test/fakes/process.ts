// What an action loads when it needs it is there: in virtual time nobody waits for a disk.
import '../../src/agent/repair.ts';
import type { Task } from '../../src/agent/task.ts';
import type { Change } from '../../src/core/kernel.ts';

/** An action as a process: when it ends, however that comes, nothing of it goes on. */
export interface Process<T> {
  /** Rejects with `Killed` when it was. */
  readonly result: Promise<T>;
  /** SIGKILL: what is not done by now is never done. */
  kill(): void;
}

export class Killed extends Error {}

/** Where a process is killed by itself. */
export interface Cut {
  /** As it makes its so-manieth call of a port, the first being 0; that call is not made any more. */
  readonly atCall: number;
  /** If it is a batch of changes of the kernel: so many of them are made. */
  readonly afterChanges: number;
}

/** A call of a port, counted as in `Cut`, that never comes back. Its process lives on. */
export interface Hang {
  readonly hangsAtCall: number;
}

/** Runs `action` with ports that no longer answer once it has ended, by itself, by its deadline, by `cut` or by `kill`. */
export function startProcess<T>(
  task: Task,
  action: (task: Task) => Promise<T>,
  trouble?: Cut | Hang,
): Process<T> {
  const { atCall, afterChanges, hangsAtCall } = { atCall: -1, afterChanges: 0, hangsAtCall: -1, ...trouble };
  let isAlive = true;
  let calls = 0;
  let kill = (): void => undefined;
  const killed = new Promise<never>((_, reject) => {
    kill = () => {
      isAlive = false;
      reject(new Killed());
    };
  });
  const mortal = <P extends object>(port: P): P =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...given: readonly unknown[]): unknown => {
          if (!isAlive) return new Promise(() => undefined);
          calls += 1;
          if (calls - 1 === hangsAtCall) return new Promise(() => undefined);
          if (calls - 1 !== atCall) return member.apply(target, given);
          if (name === 'apply') {
            const changes = (given[0] as readonly Change[]).slice(0, afterChanges);
            (member.call(target, changes) as Promise<void>).catch(() => undefined);
          }
          kill();
          return new Promise(() => undefined);
        };
      },
    });
  const {
    networkInterfaces,
    metadata,
    routing,
    devices,
    neighbours,
    tableNames,
    state,
    detachRecord,
    lock,
    repairs,
    clock,
    log,
  } = task.ports;
  const ports = {
    networkInterfaces: (region: string) => mortal(networkInterfaces(region)),
    metadata: mortal(metadata),
    routing: mortal(routing),
    devices: mortal(devices),
    neighbours: mortal(neighbours),
    tableNames: mortal(tableNames),
    state: mortal(state),
    detachRecord: mortal(detachRecord),
    lock: mortal(lock),
    repairs: mortal(repairs),
    clock,
    log,
  };
  const work = task.deadline.bound(action({ ...task, ports })).finally(() => {
    isAlive = false;
  });
  const result = Promise.race([work, killed]);
  // Whoever loses must not end the test as an unhandled rejection.
  work.catch(() => undefined);
  result.catch(() => undefined);
  return { kill: () => kill(), result };
}

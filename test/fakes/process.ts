import type { Task } from '../../src/agent/task.ts';

/** An action as a process: when it ends, however that comes, nothing of it goes on. */
export interface Process<T> {
  readonly result: Promise<T>;
  /** SIGKILL: what is not done by now is never done. */
  kill(): void;
}

/** Runs `action` with ports that no longer answer once it has ended, by itself, by its deadline or by `kill`. */
export function startProcess<T>(task: Task, action: (task: Task) => Promise<T>): Process<T> {
  let isAlive = true;
  const mortal = <P extends object>(port: P): P =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...given: readonly unknown[]): unknown =>
          isAlive ? member.apply(target, given) : new Promise(() => undefined);
      },
    });
  const { networkInterfaces, metadata, routing, devices, tableNames, state, lock, clock, log } = task.ports;
  const ports = {
    networkInterfaces: (region: string) => mortal(networkInterfaces(region)),
    metadata: mortal(metadata),
    routing: mortal(routing),
    devices: mortal(devices),
    tableNames: mortal(tableNames),
    state: mortal(state),
    lock: mortal(lock),
    clock,
    log,
  };
  const kill = (): void => {
    isAlive = false;
  };
  return { kill, result: task.deadline.bound(action({ ...task, ports })).finally(kill) };
}

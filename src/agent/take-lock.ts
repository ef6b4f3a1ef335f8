import type { Task } from './task.ts';

/** @throws {AgentError} when another action holds the lock until the time is up, or this node can give none */
export async function takeLock({ ports }: Task): Promise<void> {
  const refusal = await ports.lock.acquire();
  if (refusal !== undefined) throw refusal;
}

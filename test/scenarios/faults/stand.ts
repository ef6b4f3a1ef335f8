import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { quick } from '../agent.ts';
import type { Pool } from '../pool.ts';
import { createPool } from '../pool.ts';
import type { State } from './scenes.ts';

/** A VPC, and what the cell before has left in it. */
export interface Stand {
  readonly sandbox: Sandbox;
  left: State | undefined;
  close(): Promise<void>;
}

export function createStands(): Pool<Stand> {
  return createPool(async () => {
    const sandbox = await startSandbox({ latencies: quick });
    return { sandbox, left: undefined, close: () => sandbox.close() };
  });
}

/** What any of the VPCs was asked for that it does not model. */
export async function violationsOf(stands: Pool<Stand>): Promise<readonly string[]> {
  return (await stands.each(({ sandbox }) => sandbox.violations())).flat();
}

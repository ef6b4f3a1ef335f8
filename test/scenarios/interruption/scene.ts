import { expect } from 'vitest';
import type { SandboxNode } from '../../sandbox/sandbox.ts';
import { SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import { callAgent } from '../agent.ts';
import type { Laboratory } from './laboratory.ts';

/** An action and the state of the world that it begins in. */
export interface Scene {
  readonly title: string;
  readonly action: 'start' | 'stop';
  /** Where it runs. */
  readonly here: 'a' | 'b';
  /** Whether the node has a state from when the action needs one. */
  readonly hasState: boolean;
  /** Leads from a clean laboratory to the beginning. */
  readonly prepare: (lab: Laboratory) => Promise<void>;
}

export const startOfFreeEni: Scene = {
  title: 'start of a free ENI',
  action: 'start',
  here: 'a',
  hasState: true,
  prepare: () => Promise.resolve(),
};

export const takeover: Scene = {
  title: 'start that takes the ENI from the other node',
  action: 'start',
  here: 'b',
  hasState: true,
  prepare: ({ sandbox }) => serve(sandbox.nodes.a, sandbox),
};

export const stop: Scene = {
  title: 'stop',
  action: 'stop',
  here: 'a',
  hasState: true,
  prepare: ({ sandbox }) => serve(sandbox.nodes.a, sandbox),
};

export const stopWithoutState: Scene = {
  title: 'stop without a state file',
  action: 'stop',
  here: 'a',
  hasState: false,
  prepare: async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await serve(a, sandbox);
    expect(await a.exec('sh', ['-c', 'rm /run/resource-agents/*.json'])).toMatchObject({ exitCode: 0 });
  },
};

async function serve(node: SandboxNode, sandbox: Laboratory['sandbox']): Promise<void> {
  await sandbox.place(SERVICE_ENI, { attachedTo: node.instanceId, deviceIndex: 1 });
  expect(await callAgent(sandbox, node, 'start')).toMatchObject({ exitCode: 0 });
}

import { expect } from 'vitest';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import type { Answer } from '../agent.ts';
import { callAgent, eniId } from '../agent.ts';
import { holderOf } from '../expectations.ts';

/** What the agent is asked to do while something goes wrong, and where. */
export interface Scene {
  readonly on: 'a' | 'b';
  readonly action: 'start' | 'stop' | 'monitor' | 'validate-all';
  readonly checkLevel?: 10;
  /** Who serves when it begins. */
  readonly served: 'by a' | 'by nobody';
  /** The state that start left is gone, as on a node that never had one. */
  readonly withoutState?: true;
}

export const scenes = {
  start: { on: 'a', action: 'start', served: 'by nobody' },
  takeover: { on: 'b', action: 'start', served: 'by a' },
  stop: { on: 'a', action: 'stop', served: 'by a' },
  monitor: { on: 'a', action: 'monitor', served: 'by a' },
  'monitor, level 10': { on: 'a', action: 'monitor', checkLevel: 10, served: 'by a' },
  'probe where it runs': { on: 'a', action: 'monitor', served: 'by a', withoutState: true },
  'probe elsewhere': { on: 'b', action: 'monitor', served: 'by a', withoutState: true },
  'validate-all, level 10': { on: 'b', action: 'validate-all', checkLevel: 10, served: 'by a' },
} as const satisfies Record<string, Scene>;

export type SceneName = keyof typeof scenes;

/** For what ends by itself, on a busy machine too. */
const PATIENT_MS = 20_000;

/** The action of a scene, with EC2's patience cut to what the sandbox needs. */
export function play(sandbox: Sandbox, scene: Scene, timeoutMs = PATIENT_MS): Promise<Answer> {
  const parameters = {
    eni_id: eniId,
    connect_timeout: '1s',
    request_timeout: '1s',
    max_attempts: '1',
  };
  const environment: Record<string, string> = {};
  if (scene.checkLevel !== undefined) environment['OCF_CHECK_LEVEL'] = `${scene.checkLevel}`;
  if (scene.withoutState) environment['OCF_RESKEY_CRM_meta_interval'] = '0';
  return callAgent(sandbox, sandbox.nodes[scene.on], scene.action, {
    parameters,
    environment,
    timeoutMs,
  });
}

/** The reason of a failure; or, where it goes well, the warnings. */
export function said({ exitCode, reason, stderr }: Answer): string {
  return exitCode === 0 || exitCode === 7 ? stderr.replaceAll('WARNING: ', '') : reason;
}

/** Brings about what a scene begins with, where the one before it has not left it so. */
export async function set(sandbox: Sandbox, scene: Scene, left: State | undefined): Promise<void> {
  const { a, b } = sandbox.nodes;
  await sandbox.clearFaults();
  const holder = scene.served === 'by a' ? 'a' : undefined;
  const wanted: State = { holder, a: holder === 'a' ? 'serves' : 'nothing', b: 'nothing' };
  if (left?.holder !== wanted.holder || left?.a !== wanted.a || left?.b !== wanted.b) {
    await sandbox.place(SERVICE_ENI, 'available');
    for (const node of [a, b]) expect(await callAgent(sandbox, node, 'stop')).toMatchObject({ exitCode: 0 });
    if (holder !== undefined) expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    expect(await look(sandbox)).toEqual(wanted);
  }
  if (scene.withoutState)
    await sandbox.nodes[scene.on].exec('sh', ['-c', 'rm -f /run/resource-agents/*.json']);
}

type Presence = 'serves' | 'nothing' | 'a part';

/** Who holds the ENI, and what of the service each node's kernel has. */
export interface State {
  readonly holder: 'a' | 'b' | undefined;
  readonly a: Presence;
  readonly b: Presence;
}

export async function look(sandbox: Sandbox): Promise<State> {
  const { a, b } = sandbox.nodes;
  const [id, inA, inB] = await Promise.all([holderOf(sandbox), presenceOn(a), presenceOn(b)]);
  return { holder: id === NODE_A ? 'a' : id === NODE_B ? 'b' : undefined, a: inA, b: inB };
}

const LOOK = 'ip -o address show up to 10.2.0.10; ip rule show priority 100; ip route show table 100';

async function presenceOn(node: SandboxNode): Promise<Presence> {
  const { stdout } = await node.exec('sh', ['-c', LOOK]);
  const signs = [
    /inet 10\.2\.0\.10\/24/,
    /from 10\.2\.0\.10 lookup/,
    /default via 10\.2\.0\.1/,
    /10\.2\.0\.0\/24 dev/,
  ].map((sign) => sign.test(stdout));
  if (signs.every(Boolean)) return 'serves';
  return signs.some(Boolean) ? 'a part' : 'nothing';
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { quick } from '../agent.ts';
import type { NamedFault } from './ec2-faults.ts';
import type { Call, Ending, Row } from './matrix.ts';
import { calls, matrix } from './matrix.ts';
import { createPool } from './pool.ts';
import type { SceneName, State } from './scenes.ts';
import { look, play, scenes, set } from './scenes.ts';

/** What waits most of the time can wait together. */
const AT_ONCE = 10;

interface Cell {
  readonly call: Call;
  readonly fault: NamedFault;
  readonly scene: SceneName;
  readonly ending: Ending;
}

const cells: readonly Cell[] = matrix.flatMap(({ call, faults, endings }: Row) =>
  Object.entries(endings).flatMap(([scene, ending]) =>
    faults.map((fault) => ({ call, fault, scene: scene as SceneName, ending })),
  ),
);

/** A VPC, and what the cell before has left in it. */
interface Stand {
  readonly sandbox: Sandbox;
  left: State | undefined;
  close(): Promise<void>;
}

async function createStand(): Promise<Stand> {
  const sandbox = await startSandbox({ latencies: quick });
  return { sandbox, left: undefined, close: () => sandbox.close() };
}

const pool = createPool(AT_ONCE, createStand);
beforeAll(() => pool.open());
afterAll(() => pool.close());

/** The action of a cell, while each request of its kind comes to grief, and what it leaves. */
async function run(stand: Stand, { call, fault, scene: name }: Cell): Promise<object> {
  const { sandbox, left: before } = stand;
  const scene = scenes[name];
  stand.left = undefined;
  await set(sandbox, scene, before);
  await sandbox.resetRequests();
  const match = { ...calls[call], instanceId: sandbox.nodes[scene.on].instanceId };
  await sandbox.fault({ match, do: fault.do });
  const { exitCode, reason, stderr } = await play(sandbox, scene);
  const isStruck = (await sandbox.requests()).some((request) =>
    'action' in match ? request.name === match.action : request.name.includes(match.path),
  );
  const said = exitCode === 0 || exitCode === 7 ? stderr.replaceAll('WARNING: ', '') : reason;
  const left = await look(sandbox);
  // Without its state a service is not what the next cell expects, though it serves.
  if (!('withoutState' in scene)) stand.left = left;
  return { exitCode, says: said, left, isStruck };
}

describe('a fault that lasts', () => {
  test('is tried some hundreds of times', () => expect(cells.length).toBeGreaterThan(500));

  test.concurrent.for(cells)('$call, $fault.name: $scene', async (cell) => {
    const { exitCode, says, left } = cell.ending;
    const outcome = await pool.use((stand) => run(stand, cell));
    expect(outcome).toEqual({
      exitCode,
      says: says === '' ? '' : expect.stringMatching(says),
      left,
      isStruck: true,
    });
  });
});

test('the VPC was asked for nothing that it does not model', async () => {
  expect(await pool.each(({ sandbox }) => sandbox.violations())).toEqual(Array(AT_ONCE).fill([]));
});

import { afterAll, describe, expect, test, vi } from 'vitest';
import type { NamedFault } from './ec2-faults.ts';
import { notFound } from './ec2-faults.ts';
import type { Ending } from './endings.ts';
import type { Call, Row } from './matrix.ts';
import { calls, matrix } from './matrix.ts';
import type { SceneName } from './scenes.ts';
import { look, play, said, scenes, set } from './scenes.ts';
import type { Stand } from './stand.ts';
import { createStands, violationsOf } from './stand.ts';

// Some faults last for half a minute, and a test waits for a stand that is free.
vi.setConfig({ testTimeout: 240_000 });

const stands = createStands();
afterAll(() => stands.close());

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

/** The action of a cell, while each request of its kind comes to grief, and what it leaves. */
async function run(stand: Stand, { call, fault, scene: name, ending }: Cell): Promise<object> {
  const { sandbox, left: before } = stand;
  const scene = scenes[name];
  stand.left = undefined;
  await set(sandbox, scene, before);
  await sandbox.resetRequests();
  const match = { ...calls[call], instanceId: sandbox.nodes[scene.on].instanceId };
  await sandbox.fault({ match, do: fault.do });
  const answer = await play(sandbox, scene, ending.limitMs);
  const isStruck = (await sandbox.requests()).some((request) =>
    'action' in match ? request.name === match.action : request.name.includes(match.path),
  );
  const left = await look(sandbox);
  // Without its state a service is not what the next cell expects, though it serves.
  if (!('withoutState' in scene)) stand.left = left;
  return { exitCode: answer.exitCode, says: said(answer), left, isStruck };
}

/** What a reason or warning has to name, with the request by which AWS finds it. That there is no such ENI is said in words. */
function codeOf(fault: NamedFault): string | undefined {
  if (notFound.includes(fault)) return undefined;
  return typeof fault.do === 'object' && 'error' in fault.do ? fault.do.error : undefined;
}

describe('a fault that lasts', () => {
  test('is tried some hundreds of times', () => expect(cells.length).toBeGreaterThan(500));

  test.concurrent.for(cells)('$call, $fault.name: $scene', async (cell) => {
    const { fault, ending } = cell;
    const { exitCode, says, left } = ending;
    const outcome = await stands.use((stand) => run(stand, cell));
    expect(outcome).toEqual({
      exitCode,
      says: says === '' ? '' : expect.stringMatching(says),
      left,
      isStruck: true,
    });
    const code = codeOf(fault);
    if (says !== '' && code !== undefined) {
      const named = `EC2 said ${code}: .+request [-0-9a-f]{36}`;
      expect(outcome).toMatchObject({ says: expect.stringMatching(named) });
    }
  });
});

test('the VPC was asked for nothing that it does not model', async () => {
  expect(await violationsOf(stands)).toEqual([]);
});

import { afterAll, expect, test } from 'vitest';
import type { Call } from './matrix.ts';
import { calls, matrix } from './matrix.ts';
import type { SceneName } from './scenes.ts';
import { play, scenes, set } from './scenes.ts';
import { createStands } from './stand.ts';

const stands = createStands();
afterAll(() => stands.close());

/** Between them they make all calls of a start, whoever has the ENI. */
const STARTS: readonly SceneName[] = ['start', 'takeover'];

const isDryRun = (outcome: string): boolean => outcome === 'DryRunOperation';

/** Where a fault would strike the request; none: a call that the matrix does not know. */
function callOf(name: string, outcome: string): Call | string {
  if (name === 'AttachNetworkInterface')
    return isDryRun(outcome) ? 'asking whether it may attach' : 'attaching';
  const found = Object.entries(calls).find(([, match]) =>
    'action' in match ? match.action === name : name.includes(match.path),
  );
  return found?.[0] ?? name;
}

test.concurrent.for(Object.keys(scenes) as SceneName[])(
  '%s makes no call but those whose faults are tried',
  async (name) => {
    const scene = scenes[name];
    const made = await stands.use(async ({ sandbox }) => {
      await set(sandbox, scene, undefined);
      await sandbox.resetRequests();
      expect(await play(sandbox, scene)).toMatchObject({ reason: '' });
      const requests = await sandbox.requests();
      return requests.map((request) => callOf(request.name, request.outcome));
    });
    const alike = STARTS.includes(name) ? STARTS : [name];
    const tried = matrix.filter(({ endings }) => alike.some((one) => one in endings)).map(({ call }) => call);
    expect(made.filter((call) => !tried.includes(call as Call))).toEqual([]);
  },
);

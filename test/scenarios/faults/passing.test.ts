import { afterAll, expect, test, vi } from 'vitest';
import type { Ending } from './endings.ts';
import { elsewhere, healthy, lasting, unasked } from './endings.ts';
import type { Trouble } from './passing.ts';
import { passing } from './passing.ts';
import type { SceneName } from './scenes.ts';
import { look, play, said, scenes, set } from './scenes.ts';
import type { Stand } from './stand.ts';
import { createStands, violationsOf } from './stand.ts';

// Some faults last for half a minute, and a test waits for a stand that is free.
vi.setConfig({ testTimeout: 240_000 });

const stands = createStands();
afterAll(() => stands.close());

async function run(stand: Stand, trouble: Trouble, name: SceneName, limitMs?: number): Promise<object> {
  const { sandbox, left: before } = stand;
  const scene = scenes[name];
  const node = sandbox.nodes[scene.on];
  stand.left = undefined;
  await set(sandbox, scene, before);
  await trouble.begin(sandbox, node);
  const [answer] = await Promise.all([play(sandbox, scene, limitMs), trouble.meanwhile?.(sandbox, node)]);
  await sandbox.clearFaults();
  await sandbox.setEndpoint('on', node.instanceId);
  await sandbox.setImds(node.instanceId, 'on');
  await sandbox.setSkew(0);
  const left = await look(sandbox);
  if (!('withoutState' in scene)) stand.left = left;
  return { exitCode: answer.exitCode, says: said(answer), left };
}

test.concurrent.for(passing)(
  '$trouble.name: $scene gets over it',
  async ({ trouble, scene, left, limitMs }) => {
    const outcome = await stands.use((stand) => run(stand, trouble, scene, limitMs));
    expect(outcome).toMatchObject({ exitCode: 0, left });
  },
);

const ec2Refuses: Trouble = {
  name: 'EC2 refuses connections',
  begin: (sandbox, { instanceId }) => sandbox.setEndpoint('refused', instanceId),
};
const metadataRefuses: Trouble = {
  name: 'the metadata service refuses connections',
  begin: (sandbox, { instanceId }) => sandbox.setImds(instanceId, 'refused'),
};

const refusing: readonly { trouble: Trouble; scene: SceneName; ending: Ending }[] = [
  { trouble: ec2Refuses, scene: 'takeover', ending: lasting.ahead },
  { trouble: ec2Refuses, scene: 'stop', ending: lasting.stop },
  { trouble: ec2Refuses, scene: 'monitor', ending: healthy },
  { trouble: ec2Refuses, scene: 'monitor, level 10', ending: lasting.deep },
  { trouble: ec2Refuses, scene: 'validate-all, level 10', ending: lasting.ahead },
  { trouble: metadataRefuses, scene: 'takeover', ending: lasting.ahead },
  { trouble: metadataRefuses, scene: 'stop', ending: lasting.stop },
  { trouble: metadataRefuses, scene: 'monitor', ending: healthy },
  { trouble: metadataRefuses, scene: 'monitor, level 10', ending: lasting.deep },
  { trouble: metadataRefuses, scene: 'probe where it runs', ending: healthy },
  { trouble: metadataRefuses, scene: 'probe elsewhere', ending: elsewhere },
  { trouble: metadataRefuses, scene: 'validate-all, level 10', ending: unasked },
];

test.concurrent.for(refusing)('$trouble.name for ever: $scene', async ({ trouble, scene, ending }) => {
  const { exitCode, says, left, limitMs } = ending;
  const outcome = await stands.use((stand) => run(stand, trouble, scene, limitMs));
  expect(outcome).toEqual({ exitCode, says: says === '' ? '' : expect.stringMatching(says), left });
});

test('the VPC was asked for nothing that it does not model', async () => {
  expect(await violationsOf(stands)).toEqual([]);
});

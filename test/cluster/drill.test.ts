import { expect } from 'vitest';
import { clusterScenario } from './cluster-scenario.ts';
import { runsOn, untilServedBy } from './expectations.ts';
import { readmeCommands } from './readme-commands.ts';

clusterScenario('the README’s failover drill goes as it says', async ({ cluster }) => {
  const { a, b } = cluster.sandbox.nodes;
  const commands = readmeCommands('Failover drill', 'crm node fence')
    .trimEnd()
    .split('\n')
    // crm asks whether it is meant; at a terminal, that is.
    .map((line) => line.replace('crm node fence', 'crm --force node fence'));
  const served = [b, b, a, a, b];
  expect(commands).toHaveLength(served.length);
  for (const [at, node] of served.entries()) {
    await cluster.run(commands[at] ?? '', at === 4 ? b : a);
    await untilServedBy(cluster, node);
    // Also once the cluster has nothing more to do.
    expect(runsOn(await cluster.status(node), node)).toBe(true);
  }
  expect(await cluster.run('cibadmin --query --scope constraints', b)).not.toContain('cli-');
  expect((await cluster.sandbox.world()).instances[a.instanceId]?.power).not.toBe('running');
});

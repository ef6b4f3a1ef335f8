import { expect } from 'vitest';
import type { SandboxNode } from '../../sandbox/sandbox.ts';
import { callAgent } from '../agent.ts';
import { scenario } from '../scenario.ts';
import { runScript } from './try-fault.ts';

const RUN = '/run/resource-agents';
const long = 'x'.repeat(300);
const names = [
  '..',
  '../../run/elsewhere',
  '/run/elsewhere',
  'a b',
  'a\nb',
  '-rf',
  '$(touch /run/owned)',
  `${long}1`,
  `${long}2`,
];

/** Its state and lock, and what tells systemd-networkd to keep off. */
const PLACES = [`${RUN}/aws-eni-`, '/run/systemd/network/0-aws-eni-'];

/** Everything in /run, a line each, whatever the name. */
async function files(node: SandboxNode): Promise<readonly string[]> {
  return (await runScript(node, "find /run -type f -printf '%p\\0'"))
    .split('\0')
    .filter((path) => path !== '');
}

scenario(
  'each resource has its own state and lock in the run directory, whatever its name',
  async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const before = await files(a);
    for (const [index, name] of names.entries()) {
      const environment = { OCF_RESOURCE_INSTANCE: name };
      const { exitCode, stderr } = await callAgent(sandbox, a, 'start', { environment });
      expect({ name, exitCode }, stderr).toEqual({ name, exitCode: 0 });
      const made = (await files(a)).filter((path) => !before.includes(path));
      // The ENI is served, so that only a state of its own can tell the next one's start that it has work.
      expect(made.filter((path) => PLACES.some((place) => path.startsWith(place)))).toEqual(made);
      expect(made.filter((path) => path.endsWith('.json'))).toHaveLength(index + 1);
      expect(made.filter((path) => path.endsWith('.lock'))).toHaveLength(index + 1);
    }
    for (const name of names) {
      const environment = { OCF_RESOURCE_INSTANCE: name };
      expect(await callAgent(sandbox, a, 'stop', { environment })).toMatchObject({ exitCode: 0 });
      expect(await callAgent(sandbox, a, 'monitor', { environment })).toMatchObject({
        exitCode: 7,
        stderr: '',
      });
    }
    expect((await files(a)).filter((path) => !/\.lock$/.test(path))).toEqual(before);
  },
);

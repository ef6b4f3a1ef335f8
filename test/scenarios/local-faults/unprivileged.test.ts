import { expect } from 'vitest';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import type { Answer } from '../agent.ts';
import { environmentOf, executable, reasonIn } from '../agent.ts';
import { mutatingCalls } from '../expectations.ts';
import { readNetwork } from '../node-network.ts';
import { scenario } from '../scenario.ts';
import { callWell, runScript } from './try-fault.ts';

const NOBODY = ['--reuid', '65534', '--regid', '65534', '--clear-groups', '--no-new-privs'];

async function callAsNobody(
  sandbox: Sandbox,
  node: SandboxNode,
  action: string,
  environment: Readonly<Record<string, string>>,
): Promise<Answer> {
  const env = environmentOf(sandbox, node, action, { environment });
  const { exitCode, stdout, stderr } = await node.exec('setpriv', [...NOBODY, executable, action], { env });
  return { exitCode, stdout, stderr, reason: reasonIn(stderr) };
}

type Expected = Partial<Record<keyof Answer, unknown>>;

/** What each says to who is not root, whether the node serves or not. */
const refused = ['start', 'stop', 'reload', 'reload-agent'].map(
  (action) =>
    [action, {}, { exitCode: 4, reason: `${action} changes this node's network; run it as root` }] as const,
);
const verdict = (served: boolean): Expected => ({ exitCode: served ? 0 : 7, stderr: '' });
const well: Expected = { exitCode: 0, stderr: '' };
const level10 = { OCF_CHECK_LEVEL: '10' };
const answered = (served: boolean) =>
  [
    ['monitor', {}, verdict(served)],
    ['monitor', level10, verdict(served)],
    ['status', {}, verdict(served)],
    ['validate-all', {}, well],
    ['validate-all', level10, well],
    ['meta-data', {}, { ...well, stdout: expect.stringContaining('<resource-agent name="aws-eni"') }],
  ] as const;

/** All that a call could have changed: the network, and the files where the agent has its own. */
async function picture(node: SandboxNode): Promise<unknown> {
  const files = await runScript(node, 'find /run /etc/iproute2 -type f -exec sha256sum {} + | sort');
  return { network: await readNetwork(node), files };
}

scenario('not root: what changes the node is refused, what looks is answered', async ({ sandbox }) => {
  const { a } = sandbox.nodes;
  for (const served of [false, true]) {
    await callWell(sandbox, a, served ? 'start' : 'stop');
    await sandbox.resetRequests();
    const before = await picture(a);
    const expectAnswers = async (
      cases: readonly (readonly [string, Readonly<Record<string, string>>, Expected])[],
    ): Promise<void> => {
      for (const [action, environment, expected] of cases) {
        const answer = await callAsNobody(sandbox, a, action, environment);
        expect({ action, served, ...answer }).toMatchObject({ action, served, ...expected });
      }
    };
    await expectAnswers(refused);
    expect(await sandbox.requests()).toEqual([]);
    await expectAnswers(answered(served));
    expect(await mutatingCalls(sandbox)).toEqual([]);
    expect(await picture(a)).toEqual(before);
  }
});

scenario(
  'not root: a monitor that is to repair says why it can’t, and changes nothing',
  async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    await callWell(sandbox, a, 'start');
    await runScript(a, 'ip rule delete priority 100');
    const before = await picture(a);
    const answer = await callAsNobody(sandbox, a, 'monitor', { OCF_RESKEY_CRM_meta_interval: '20000' });
    expect(answer).toMatchObject({ exitCode: 1, reason: expect.stringMatching(/lock \S+: .*EACCES/) });
    expect(await picture(a)).toEqual(before);
  },
);

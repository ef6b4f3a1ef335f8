import { afterAll, expect, test } from 'vitest';
import type { SandboxNode } from '../../sandbox/sandbox.ts';
import { callAgent } from '../agent.ts';
import { expectBare, expectServing } from '../expectations.ts';
import { createStands, violationsOf } from '../faults/stand.ts';

const stands = createStands();
afterAll(() => stands.close());

const STATE = '/run/resource-agents/aws-eni-service-eni.json';
const LOCK = '/run/resource-agents/aws-eni-service-eni.lock';
const VALUABLE = '/run/valuable';

/** What happens to a serving node's state or lock, as commands; `stays`: what they were about must be as before. */
const damages: Readonly<Record<string, string>> = {
  'a state that is cut off': `truncate -s 100 ${STATE}`,
  'an empty state': `: > ${STATE}`,
  'a state of 1 MiB of noise': `head -c 1048576 /dev/urandom > ${STATE}`,
  'a state of another version': `sed -i 's/"version": 1/"version": 99/' ${STATE}`,
  'a state of another boot': `sed -i 's/"bootId": "./"bootId": "x/' ${STATE}`,
  'a state of another ENI': `sed -i 's/eni-0a1b2c3d4e5f60718/eni-0a1b2c3d4e5f60719/' ${STATE}`,
  'a state with a command for an address': `sed -i 's/"10.2.0.10"/"10.2.0.10; reboot"/' ${STATE}`,
  'a state with another route for a network': `sed -i 's#"10.2.0.0/24"#"0.0.0.0/0 dev eth0"#' ${STATE}`,
  'a state of another user': `chown 65534:65534 ${STATE}`,
  'no state': `rm ${STATE}`,
  'a directory for a state': `rm ${STATE}; mkdir ${STATE}; : > ${STATE}/kept`,
  'a link for a state': `rm ${STATE}; ln -s ${VALUABLE} ${STATE}`,
  'a link for the state that is written next': `ln -s ${VALUABLE} ${STATE}.new`,
  'a FIFO for a state': `rm ${STATE}; mkfifo ${STATE}`,
  'a link for a lock': `rm -f ${LOCK}; ln -s ${VALUABLE} ${LOCK}`,
  'a FIFO for a lock': `rm -f ${LOCK}; mkfifo ${LOCK}`,
  'a directory for a lock': `rm -f ${LOCK}; mkdir ${LOCK}`,
  'a lock of another user, held by him': `rm -f ${LOCK}; : > ${LOCK}; chown 65534 ${LOCK}; setpriv --reuid 65534 --clear-groups flock ${LOCK} sleep 1000 < /dev/null > /dev/null 2>&1 & echo $! > /run/holder; sleep 0.1`,
};

/** A node without a state of this ENI is nothing to warn of, and what is to be written next is not looked at. */
const silent = new Set(['no state', 'a state of another ENI', 'a link for the state that is written next']);

test.concurrent.for(Object.keys(damages))(
  '%s: the node serves, says so, and can be stopped and started',
  async (name) => {
    await stands.use(async ({ sandbox }) => {
      const { a, b } = sandbox.nodes;
      expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
      await sh(a, `echo valuable > ${VALUABLE}; ${damages[name]}`);

      const { exitCode, stderr } = await callAgent(sandbox, a, 'monitor');
      expect({ exitCode, stderr }).toEqual({
        exitCode: 0,
        stderr: expect.stringMatching(sayOfMonitor(name)),
      });
      expect(await callAgent(sandbox, b, 'monitor')).toMatchObject({ exitCode: 7, stderr: '' });
      const stopped = await callAgent(sandbox, a, 'stop');
      expect(stopped).toMatchObject({ exitCode: 0 });
      if (!silent.has(name)) expect(stopped.stderr).toContain('WARNING');
      // What was in the way is kept for its owner.
      await sh(a, 'rm -rf /run/resource-agents/*.not-ours.*');
      await expectBare(sandbox, a);

      expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
      await expectServing(sandbox, a);
      expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
      expect(
        await sh(
          a,
          `cat ${VALUABLE}; if [ -e /run/holder ]; then kill $(cat /run/holder); rm /run/holder; fi`,
        ),
      ).toBe('valuable');
      await sh(a, 'rm -rf /run/resource-agents');
    });
  },
);

function sayOfMonitor(name: string): RegExp {
  return silent.has(name) || name.endsWith('lock') || name.includes('lock of') ? /^$/ : /^WARNING: /;
}

async function sh(node: SandboxNode, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await node.exec('sh', ['-ec', script]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout.trim();
}

test('the VPC was asked for nothing that it does not model', async () => {
  expect(await violationsOf(stands)).toEqual([]);
});

import { expect } from 'vitest';
import type { SandboxNode } from '../../sandbox/sandbox.ts';
import { callAgent } from '../agent.ts';
import { expectBare, expectServing } from '../expectations.ts';
import { scenario } from '../scenario.ts';

interface Expected {
  readonly exitCode: number;
  /** In the reason or in a warning; empty: not a word. */
  readonly says: RegExp | '';
}

interface FileFault {
  readonly name: string;
  /** Shell commands on the node; what it has mounted where is the node's own affair. */
  readonly begin: string;
  readonly end: string;
  readonly start: Expected;
  readonly stop: Expected;
}

const RUN = '/run/resource-agents';
const TABLES = '/etc/iproute2';
/** The directory with all that is in it, where nothing can be changed. */
const readOnly = (directory: string): string =>
  `mkdir -p ${directory}; mount --bind ${directory} ${directory}; mount -o remount,bind,ro ${directory}`;
/** The programs of the node without this one. */
const without = (program: string): string =>
  `for d in bin sbin; do mkdir -p /run/upper/$d /run/scratch/$d
mount -t overlay overlay -o lowerdir=/usr/$d,upperdir=/run/upper/$d,workdir=/run/scratch/$d /usr/$d; rm -f /usr/$d/${program}; done`;
/** Lazily: a program of there may still run. */
const BACK = 'umount --lazy /usr/bin /usr/sbin';

const well: Expected = { exitCode: 0, says: '' };
const noLock = /could not use the lock \S+: /;

const faults: readonly FileFault[] = [
  {
    name: 'a read-only run directory',
    begin: readOnly(RUN),
    end: `umount ${RUN}`,
    start: {
      exitCode: 1,
      says: new RegExp(`${noLock.source}.*EROFS|could not write the state file .*EROFS`),
    },
    stop: { exitCode: 0, says: /could not remove \S+: .*EROFS/ },
  },
  {
    name: 'a file where the run directory should be',
    begin: `mkdir -p ${RUN}; mv ${RUN} /run/aside; : > ${RUN}`,
    end: `rm ${RUN}; mv /run/aside ${RUN}`,
    start: { exitCode: 1, says: noLock },
    stop: { exitCode: 0, says: /the stop goes on without a lock/ },
  },
  {
    name: 'read-only names of routing tables',
    begin: readOnly(TABLES),
    end: `umount ${TABLES}`,
    start: {
      exitCode: 0,
      says: /could not declare routing table MYHA in \S+: .*EROFS.*the table goes by its number 100/,
    },
    stop: well,
  },
  {
    name: 'no flock',
    begin: without('flock'),
    end: BACK,
    start: { exitCode: 5, says: /could not use the lock \S+: program 'flock' is not installed/ },
    stop: { exitCode: 0, says: /program 'flock' is not installed.*the stop goes on without a lock/ },
  },
  { name: 'no logger', begin: without('logger'), end: BACK, start: well, stop: well },
];

async function run(node: SandboxNode, script: string): Promise<void> {
  expect(await node.exec('sh', ['-ec', script])).toMatchObject({ exitCode: 0, stderr: '' });
}

scenario.concurrent.for(faults)(
  '$name: $start.exitCode, and the service can still be stopped',
  async (fault, { sandbox }) => {
    const { a } = sandbox.nodes;
    const expectAnswer = async (action: 'start' | 'stop', { exitCode, says }: Expected): Promise<void> => {
      const answer = await callAgent(sandbox, a, action);
      const words = answer.reason || answer.stderr.replaceAll(/^INFO: .*$/gm, says === '' ? '' : '$&').trim();
      expect({ action, exitCode: answer.exitCode, words }).toEqual({
        action,
        exitCode,
        words: says === '' ? '' : expect.stringMatching(says),
      });
    };
    await run(a, fault.begin);
    await expectAnswer('start', fault.start);
    await run(a, fault.end);
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    await expectServing(sandbox, a);

    await run(a, fault.begin);
    expect(await callAgent(sandbox, a, 'monitor')).toMatchObject({ exitCode: 0 });
    await expectAnswer('stop', fault.stop);
    await run(a, fault.end);
    expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
    await expectBare(sandbox, a);
  },
);

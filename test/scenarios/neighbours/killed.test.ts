import { expect } from 'vitest';
import { beginAction, callAgent, cutShort } from '../agent.ts';
import { ownFiles } from '../expectations.ts';
import { placePrograms } from '../place-program.ts';
import { scenarioIn } from '../scenario.ts';
import { filesOf, place, script, startUdev } from './distribution.ts';

/** What an action that was ended by SIGKILL has left with others, the next one takes back. */
const scenario = scenarioIn({ deviceNames: ['eth1'], rename: 'never' });

const RULE = '/run/udev/rules.d/99-zz-aws-eni-service-eni.rules';
const NETWORK = '/run/systemd/network/0-aws-eni-service-eni.network';

const HANGS = '/run/hangs';
const TOLD = '/run/told';
const hangsAt = (word: string): string => `case "$*" in *${word}*) : > ${HANGS}; exec sleep 600 ;; esac`;
const notes = (program: string): string => `echo "$\{0##*/} $*" >> ${TOLD}\n${program}`;
const REAL = 'exec /usr/bin/udevadm "$@"';

scenario('a start that was killed is tidied up by stop', async ({ sandbox }) => {
  const { a } = sandbox.nodes;
  await startUdev(a);
  const before = await filesOf(a);
  await sandbox.fault({
    match: { service: 'ec2', action: 'AttachNetworkInterface' },
    times: 1,
    do: 'hold-before',
  });
  const { running, killGroup } = await beginAction(sandbox, a, 'start');
  await sandbox.held();
  killGroup();
  await running;
  expect(await ownFiles(a)).toEqual(expect.arrayContaining([RULE, NETWORK]));
  expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
  expect(await ownFiles(a)).toEqual([]);
  expect(await filesOf(a)).toBe(before);
});

scenario('what a start had not finished writing when it was killed goes with a stop', async ({ sandbox }) => {
  const { a } = sandbox.nodes;
  await startUdev(a);
  await script(a, 'mkdir -p /run/systemd/network');
  const before = await filesOf(a);
  for (const path of [RULE, NETWORK]) await place(a, `${path}.new`, 'half of it');
  expect(await callAgent(sandbox, a, 'stop')).toMatchObject({ exitCode: 0 });
  expect(await ownFiles(a)).toEqual([]);
  expect(await filesOf(a)).toBe(before);
});

scenario.for([
  ['networkctl', NETWORK, 'networkctl reload'],
  ['udevadm', RULE, 'udevadm control --reload'],
] as const)(
  'a stop that was killed while %s hung has the next one call it again',
  async ([program, notice, call], { sandbox }) => {
    const { a } = sandbox.nodes;
    await startUdev(a);
    await script(a, 'mkdir -p /run/systemd/netif/links /run/systemd/system');
    const before = await filesOf(a);
    const programs = { systemctl: 'exit 0', networkctl: notes('exit 0'), udevadm: notes(REAL) };
    const PATH = await placePrograms(a, programs);
    const environment = { PATH };
    expect(await callAgent(sandbox, a, 'start', { environment })).toMatchObject({ exitCode: 0 });
    expect(await ownFiles(a)).toContain(notice);

    await placePrograms(a, { [program]: hangsAt('reload') });
    const isHanging = async (): Promise<boolean> => (await a.exec('test', ['-e', HANGS])).exitCode === 0;
    await cutShort(sandbox, a, 'stop', isHanging, { environment });
    expect(await ownFiles(a)).not.toContain(notice);

    await placePrograms(a, programs);
    await script(a, `rm ${TOLD}`);
    expect(await callAgent(sandbox, a, 'stop', { environment })).toMatchObject({
      exitCode: 0,
      stderr: expect.not.stringContaining('WARNING'),
    });
    expect((await script(a, `cat ${TOLD}`)).split('\n')).toContain(call);
    expect(await ownFiles(a)).toEqual([]);
    expect(await filesOf(a)).toBe(before);
    // There is nothing to be taken back any more, and so nobody to be told.
    await script(a, `rm ${TOLD}`);
    expect(await callAgent(sandbox, a, 'stop', { environment })).toMatchObject({ exitCode: 0 });
    await expect(script(a, `cat ${TOLD}`)).rejects.toThrow('No such file');
  },
);

import { expect, test } from 'vitest';
import { lookAtSelinux } from '../../../src/cli/doctor/selinux.ts';
import { absent, present, unknown } from '../../../src/core/reading.ts';
import type { Host, MonitorAnswer } from '../../../src/ports/host.ts';

const ENFORCE = '/sys/fs/selinux/enforce';
const SHELLS = 'unconfined_u:unconfined_r:unconfined_t:s0';
const PACEMAKERS = 'system_u:system_r:cluster_t:s0';
const resource = { name: 'service-eni', parameters: { eni_id: 'eni-0a1b2c3d4e5f60718' } };

/** A node with these files, and with a process for each name. */
function nodeWith(files: Readonly<Record<string, string>>, processes: readonly string[] = []) {
  const calls: (string | undefined)[] = [];
  const proc = Object.fromEntries(
    processes.flatMap((name, at) => [
      [`/proc/${at + 10}/comm`, `${name}\n`],
      [
        `/proc/${at + 10}/attr/current`,
        name.startsWith('pacemaker') || name === 'lrmd' ? `${PACEMAKERS}\0` : SHELLS,
      ],
    ]),
  );
  const all: Readonly<Record<string, string>> = {
    '/proc/self/attr/current': `${SHELLS}\n`,
    ...proc,
    ...files,
  };
  const host: Host = {
    programVersion: async () => absent,
    unit: async () => absent,
    names: async (directory) =>
      directory === '/proc' ? ['self', 'sys', ...processes.map((_, at) => `${at + 10}`)] : [],
    file: async (path) => {
      const text = all[path];
      if (text === 'EACCES') return unknown('could not be read (EACCES)');
      return text === undefined ? absent : present(text);
    },
    monitor: async (_, context) => {
      calls.push(context);
      return present<MonitorAnswer>({ exitCode: context === undefined ? 7 : 1, reason: '' });
    },
  };
  return { host, calls };
}

test('Pacemaker’s context is that of the process that runs the agents, and monitor is tried there and here', async () => {
  const { host, calls } = nodeWith({ [ENFORCE]: '1' }, ['bash', 'pacemaker-based', 'pacemaker-execd']);
  expect(await lookAtSelinux(host, true, resource)).toEqual({
    mode: present('enforcing'),
    pacemakersContext: present(PACEMAKERS),
    trial: present({ here: { exitCode: 7, reason: '' }, there: { exitCode: 1, reason: '' } }),
  });
  expect(calls).toEqual([undefined, PACEMAKERS]);
});

test('an older Pacemaker has another name for it', async () => {
  const { host } = nodeWith({ [ENFORCE]: '1' }, ['lrmd']);
  expect(await lookAtSelinux(host, false, resource)).toMatchObject({
    pacemakersContext: present(PACEMAKERS),
  });
});

test.each([
  ['without SELinux nothing', { '/proc/self/attr/current': 'unconfined' }, [], true, resource],
  ['in permissive mode nothing', { [ENFORCE]: '0' }, ['pacemaker-execd'], true, resource],
  ['without Pacemaker nothing', { [ENFORCE]: '1' }, ['bash'], true, resource],
  ['without root nothing', { [ENFORCE]: '1' }, ['pacemaker-execd'], false, resource],
  ['without an ENI nothing', { [ENFORCE]: '1' }, ['pacemaker-execd'], true, undefined],
] as const)('%s is tried', async (_, files, processes, isRoot, monitored) => {
  const { host, calls } = nodeWith(files, processes);
  const { trial } = await lookAtSelinux(host, isRoot, monitored);
  expect(trial.state).not.toBe('present');
  expect(calls).toEqual([]);
});

test.each([
  [{ '/proc/self/attr/current': 'unconfined' }, absent],
  [{ [ENFORCE]: '0\n' }, present('permissive')],
  [{ [ENFORCE]: '1\n' }, present('enforcing')],
  [{ [ENFORCE]: 'EACCES' }, unknown('could not be read (EACCES)')],
  // A process with a context knows that there is one.
  [{}, unknown(`there is no ${ENFORCE} here`)],
])('the mode of %j', async (files, mode) => {
  const { host } = nodeWith(files as Record<string, string>);
  expect(await lookAtSelinux(host, false, undefined)).toMatchObject({ mode });
});

test('what could not be tried is not known', async () => {
  const { host } = nodeWith({ [ENFORCE]: '1' }, ['pacemaker-execd']);
  const refused: Host = {
    ...host,
    monitor: async (_, context) =>
      context === undefined ? present({ exitCode: 7, reason: '' }) : unknown('runcon: invalid context'),
  };
  expect((await lookAtSelinux(refused, true, resource)).trial).toEqual(unknown('runcon: invalid context'));
});

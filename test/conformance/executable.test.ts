import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { actions } from '../../src/ocf/actions.ts';
import { executable } from '../scenarios/agent.ts';

const committed = await readFile(new URL('../../ocf/metadata.xml', import.meta.url), 'utf8');
const bare = { env: {}, extendEnv: false, reject: false, stripFinalNewline: false } as const;

test('prints the committed meta-data as user nobody, with an empty environment', async () => {
  const nobody = ['--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups', '--inh-caps=-all'];
  const { exitCode, stdout, stderr } = await execa('/usr/bin/setpriv', [...nobody, executable, 'meta-data'], {
    ...bare,
    cwd: '/',
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toBe(committed);
});

test('prints all of it into a pipe that is read slowly', async () => {
  const { stdout } = await execa('sh', ['-c', '"$0" meta-data | (sleep 0.3; cat)', executable], {
    reject: false,
    stripFinalNewline: false,
  });
  expect(stdout).toBe(committed);
});

test.each([
  [['usage'], 0, 'start'],
  [['--version'], 0, packageJson.version],
  [['--help'], 0, 'aws-eni plan'],
  [['help'], 0, 'aws-eni plan'],
  [['plan', '--help'], 0, '--rule-priority'],
  [[], 3, 'COMMAND'],
])('%j exits with %i', async (words, code, text) => {
  const { exitCode, stdout, stderr } = await execa(executable, words, bare);
  expect({ exitCode, stderr }).toEqual({ exitCode: code, stderr: '' });
  expect(stdout).toContain(text);
});

test.each(['promote', 'demote', 'notify', 'migrate_to', 'migrate_from', 'recover', 'Start', ''])(
  '%j is no action: 3',
  async (word) => {
    const { exitCode, stdout, stderr } = await execa(executable, [word], bare);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toBe(
      `there is no action ${JSON.stringify(word)}; 'aws-eni usage' lists them, 'aws-eni --help' the commands\n`,
    );
  },
);

test('help fits a terminal of 80 columns', async () => {
  const { stdout } = await execa(executable, ['--help'], bare);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('advertises every action that it does, and no other', () => {
  const advertised = [...committed.matchAll(/<action name="([^"]+)"/g)].map(([, name]) => name);
  expect(new Set(advertised)).toEqual(new Set(Object.keys(actions).filter((name) => name !== 'usage')));
});

test('holds nothing of test/ and no file of this machine’s', async () => {
  const metafile = fileURLToPath(new URL('../../dist/metafile.json', import.meta.url));
  const { inputs } = JSON.parse(await readFile(metafile, 'utf8')) as {
    readonly inputs: Readonly<Record<string, unknown>>;
  };
  const names = Object.keys(inputs);
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => !/^(?:src|node_modules|package\.json)/.test(name))).toEqual([]);
});

interface Output {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
}

test('a healthy monitor loads nothing of what only a repair or a start needs', async () => {
  const metafile = fileURLToPath(new URL('../../dist/metafile.json', import.meta.url));
  const { outputs } = JSON.parse(await readFile(metafile, 'utf8')) as {
    readonly outputs: Readonly<Record<string, Output>>;
  };
  const withMonitor = Object.entries(outputs).filter(([, { inputs }]) => 'src/agent/monitor.ts' in inputs);
  const reached = new Set(withMonitor.map(([name]) => name));
  for (const name of reached) {
    for (const { path, kind } of outputs[name]?.imports ?? [])
      if (kind !== 'dynamic-import') reached.add(path);
  }
  const loaded = [...reached].flatMap((name) => Object.keys(outputs[name]?.inputs ?? {}));
  expect(loaded).toContain('src/agent/identify.ts');
  const forChanges =
    /src\/(?:agent\/(?:repair|mtu|start)|adapters\/(?:journal|default-devices)|core\/(?:changes|mtu))\.ts$/;
  expect(loaded.filter((input) => forChanges.test(input))).toEqual([]);
  const all = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  expect(new Set(all.filter((input) => forChanges.test(input))).size).toBe(7);
});

test('no action loads what only commands for people need', async () => {
  const metafile = fileURLToPath(new URL('../../dist/metafile.json', import.meta.url));
  const { outputs } = JSON.parse(await readFile(metafile, 'utf8')) as {
    readonly outputs: Readonly<Record<string, Output>>;
  };
  const forPeople =
    /node_modules\/(?:yargs|cliui|wrap-ansi|fast-xml-parser)\/|src\/(?:cli|adapters\/operator)\//;
  // Along dynamic imports, too, but for the one that leads to the commands.
  const reached = new Set(['./aws-eni']);
  for (const name of reached) {
    for (const { path } of outputs[name]?.imports ?? []) if (!path.includes('run-cli')) reached.add(path);
  }
  const loaded = [...reached].flatMap((name) => Object.keys(outputs[name]?.inputs ?? {}));
  expect(loaded).toContain('src/agent/monitor.ts');
  expect(loaded).toContain('src/adapters/journal.ts');
  expect(loaded.filter((input) => forPeople.test(input))).toEqual([]);
  const all = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  expect(all.filter((input) => forPeople.test(input)).length).toBeGreaterThan(40);
});

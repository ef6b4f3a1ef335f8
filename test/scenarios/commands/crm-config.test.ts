import { describe, expect } from 'vitest';
import { eniId } from '../agent.ts';
import { scenario } from '../scenario.ts';
import { callCommand, callForJson, tooLong } from './call-command.ts';

const A = ['--node', 'node-a=i-0aaaaaaaaaaaaaaaa'];

describe.concurrent('crm-config', () => {
  scenario('asks nobody, and says what must be replaced', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const words = [
      'crm-config',
      '--eni-id',
      eniId,
      '--name',
      'db-eni',
      '--force-after',
      '30s',
      '--detach-mode',
      'graceful',
    ];
    const { exitCode, data } = await callForJson(sandbox, a, words);
    expect(exitCode).toBe(0);
    expect(data['placeholders']).toEqual(['REGION', 'NODE-A', 'INSTANCE-ID-A', 'NODE-B', 'INSTANCE-ID-B']);
    // What is as by default is left out.
    expect(data['commands']).toContain(
      `crm configure primitive db-eni ocf:custom:aws-eni \\\n    params eni_id=${eniId} detach_mode=graceful \\\n`,
    );
    const { stdout } = await callCommand(sandbox, a, words, { unprivileged: true });
    expect(stdout).toContain(String(data['commands']).trimEnd());
    expect(tooLong(stdout)).toEqual([]);
    expect(await sandbox.requests()).toEqual([]);
  });

  scenario('values that no cluster could use are refused', async ({ sandbox }) => {
    for (const [words, said] of [
      [[], "which ENI? give --eni-id or --ip; the cluster can't tell"],
      [['--resource', 'service-eni'], "the cluster can't be asked for resource service-eni"],
      [['--eni-id', eniId, '--router', 'x'], '--router: "x" is no IPv4 address'],
      [['--eni-id', eniId, '--name', '$(reboot)'], '--name: "$(reboot)" is no name for crmsh'],
      [['--eni-id', eniId, '--node', 'node-a'], '--node: "node-a" is no node; give NAME=INSTANCE-ID'],
      [['--eni-id', eniId, '--node', 'a$b=i-0aaaaaaaaaaaaaaaa'], 'is no node; give NAME=INSTANCE-ID'],
      [['--eni-id', eniId, ...A], '--node: is given for one node; give one for each'],
      [['--eni-id', eniId, ...A, ...A], '--node: a name is given twice; --node: an instance is given twice'],
      [['--eni-id', eniId, '--before', 'a b'], '--before: "a b" is no name for crmsh'],
    ] as const) {
      const { exitCode, stdout, stderr } = await callCommand(sandbox, sandbox.nodes.a, [
        'crm-config',
        ...words,
      ]);
      expect({ words, exitCode, stdout }).toEqual({ words, exitCode: 2, stdout: '' });
      expect(stderr).toContain(said);
    }
  });
});

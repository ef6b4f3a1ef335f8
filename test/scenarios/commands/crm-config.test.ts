import { describe, expect } from 'vitest';
import { eniId } from '../agent.ts';
import { scenario } from '../scenario.ts';
import { callCommand, callForJson, tooLong } from './call-command.ts';

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
      [[], '--eni-id, --ip: neither is given'],
      [['--eni-id', eniId, '--router', 'x'], '--router: "x" is no IPv4 address'],
      [['--eni-id', eniId, '--name', '$(reboot)'], '--name: "$(reboot)" is no name for crmsh'],
      [['--eni-id', eniId, '--node', 'node-a'], '--node: "node-a" is no node; give NAME=INSTANCE-ID'],
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

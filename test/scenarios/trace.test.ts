import { describe, expect } from 'vitest';
import { callAgent } from './agent.ts';
import { expectServing } from './expectations.ts';
import { scenario } from './scenario.ts';

const DIRECTORY = '/run/traces';

describe('trace_ra', () => {
  scenario('has each action write what it does, where resource-agents would', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const traced = { OCF_RESKEY_trace_ra: '1', HA_VARLIB: '/run/varlib' };
    for (const action of ['start', 'monitor', 'stop']) {
      const { exitCode, stderr } = await callAgent(sandbox, a, action, { environment: traced });
      expect({ action, exitCode, stderr }).toMatchObject({
        exitCode: 0,
        stderr: expect.not.stringContaining('WARNING'),
      });
      const look = `stat -c %a /run/varlib/trace_ra/aws-eni/service-eni.${action}.*; cat /run/varlib/trace_ra/aws-eni/service-eni.${action}.*`;
      const { stdout } = await a.exec('sh', ['-c', look]);
      expect(stdout).toMatch(/^600\n/);
      expect(stdout).toMatch(new RegExp(`ms: ${action} of service-eni, aws-eni `));
      expect(stdout).toMatch(/ms: ends with 0$/);
      if (action === 'start')
        expect(stdout).toMatch(/ms: finding eni-\S+ in EC2\n[\s\S]* ms: DEBUG: attached after/);
    }
  });

  scenario(
    'trace_dir is another directory, OCF_TRACE_FILE a file, and standard error is said to be one',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      const ask = (environment: Record<string, string>) => callAgent(sandbox, a, 'monitor', { environment });
      await ask({
        OCF_RESKEY_trace_ra: 'yes',
        OCF_RESKEY_trace_dir: DIRECTORY,
        OCF_RESOURCE_INSTANCE: 'a/../../b',
      });
      await ask({ OCF_TRACE_RA: 'true', OCF_TRACE_FILE: `${DIRECTORY}/one` });
      const toStandardError = await callAgent(sandbox, a, 'validate-all', {
        environment: { OCF_TRACE_RA: '1', OCF_TRACE_FILE: '/dev/stderr' },
      });
      expect(toStandardError).toMatchObject({ exitCode: 0 });
      await ask({ OCF_RESKEY_trace_ra: '0', OCF_RESKEY_trace_dir: '/run/none' });
      const { stdout } = await a.exec('sh', ['-c', `cd ${DIRECTORY}; find . -type f; ls -d /run/none`]);
      expect(stdout.split('\n').toSorted()).toEqual([
        expect.stringMatching(/^\.\/aws-eni\/a%2F\.\.%2F\.\.%2Fb\.monitor\.\d{4}-\d\d-\d\d\.\d\d:\d\d:\d\d$/),
        './one',
      ]);
    },
  );

  scenario('a trace that can’t be written is warned of, and changes nothing else', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    for (const path of ['/proc/none/there', '/dev/null/x', `/run/${'x'.repeat(100_000)}`]) {
      const environment = { OCF_RESKEY_trace_ra: '1', OCF_RESKEY_trace_dir: path };
      const { exitCode, stderr } = await callAgent(sandbox, a, 'start', { environment });
      expect({ path: path.slice(0, 20), exitCode }).toEqual({ path: path.slice(0, 20), exitCode: 0 });
      expect(stderr).toMatch(
        /^WARNING: could not write a trace of start: Error: E\w+: .*; it goes on without one$/m,
      );
    }
    // Nobody reads there, and nobody has room there.
    await a.exec('mkfifo', ['/run/fifo']);
    for (const file of ['/run/fifo', '/dev/full']) {
      const environment = { OCF_TRACE_RA: '1', OCF_TRACE_FILE: file };
      expect(await callAgent(sandbox, a, 'monitor', { environment })).toMatchObject({ exitCode: 0 });
    }
    await expectServing(sandbox, a);
  });
});

describe('a clone', () => {
  const clone = { OCF_RESKEY_CRM_meta_clone: '0', OCF_RESKEY_CRM_meta_clone_max: '2' };

  scenario(
    'is refused by start and validate-all, before anything is asked or changed',
    async ({ sandbox }) => {
      const { a } = sandbox.nodes;
      for (const action of ['start', 'validate-all']) {
        const { exitCode, reason } = await callAgent(sandbox, a, action, { environment: clone });
        expect({ action, exitCode, reason }).toEqual({
          action,
          exitCode: 6,
          reason:
            'this resource is a clone (clone-max: "2"), but one instance at a time can have an ENI; configure it without a clone',
        });
      }
      expect(await sandbox.requests()).toEqual([]);
    },
  );

  scenario('of a resource that serves is told of as it is, and stopped', async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    expect(await callAgent(sandbox, a, 'start')).toMatchObject({ exitCode: 0 });
    for (const [action, exitCode] of [
      ['monitor', 0],
      ['stop', 0],
      ['monitor', 7],
    ] as const) {
      expect({ action, ...(await callAgent(sandbox, a, action, { environment: clone })) }).toMatchObject({
        action,
        exitCode,
      });
    }
  });
});
